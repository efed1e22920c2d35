#include "users.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_CAPACITY 512
#define FIRST_CAPACITY 1024

/* Returns NULL, or what is wrong with the line. The line is cut into its fields. */
static const char *read_line(char *line, struct user *user) {
    char *tab = strchr(line, '\t');
    if (tab == NULL) return "expected name<TAB>secret";
    *tab = '\0';
    size_t name_length = strlen(line);
    if (name_length == 0 || name_length > USER_MAX_NAME_LENGTH) return "the name is empty or too long";
    memcpy(user->name, line, name_length + 1);
    user->key_length = base32_decode(tab + 1, user->key, sizeof user->key);
    return user->key_length == 0 ? "the secret is not base32 or too long" : NULL;
}

static bool grow(struct users *users, size_t *capacity) {
    if (users->count < *capacity) return true;
    size_t wanted = *capacity == 0 ? FIRST_CAPACITY : *capacity * 2;
    struct user *list = realloc(users->list, wanted * sizeof *list);
    if (list == NULL) return false;
    users->list = list;
    *capacity = wanted;
    return true;
}

static bool read_all(FILE *file, const char *path, struct users *users) {
    char line[LINE_CAPACITY];
    size_t capacity = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t end = strcspn(line, "\r\n");
        if (line[end] == '\0' && !feof(file)) {
            fprintf(stderr, "loadgen: %s:%zu: line too long\n", path, users->count + 1);
            return false;
        }
        line[end] = '\0';
        if (users->count == USERS_MAX || !grow(users, &capacity)) {
            fprintf(stderr, "loadgen: %s: more than %d users or out of memory\n", path, USERS_MAX);
            return false;
        }
        const char *trouble = read_line(line, &users->list[users->count]);
        if (trouble != NULL) {
            fprintf(stderr, "loadgen: %s:%zu: %s\n", path, users->count + 1, trouble);
            return false;
        }
        users->count++;
    }
    if (ferror(file) || users->count == 0) {
        fprintf(stderr, "loadgen: %s: %s\n", path, ferror(file) ? strerror(errno) : "no users");
        return false;
    }
    return true;
}

bool users_read(const char *path, struct users *users) {
    *users = (struct users){0};
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "loadgen: %s: %s\n", path, strerror(errno));
        return false;
    }
    bool good = read_all(file, path, users);
    fclose(file);
    return good;
}
