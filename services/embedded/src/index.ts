export { type DataFolder, DataFolderError, openDataFolder } from "./product/data-folder.js";
export { type Product, type ProductOptions, startProduct, untilReady } from "./product/product.js";
