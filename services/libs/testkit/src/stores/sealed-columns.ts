/** Every column of a database whose name says that it is sealed, as `schema.table.column`. In order, one text column `name`. */
export const SEALED_COLUMNS_SQL = `
  select table_schema || '.' || table_name || '.' || column_name as name
    from information_schema.columns
   where column_name like 'sealed\\_%'
   order by 1`;
