/* The users of a run, from a file of lines `name<TAB>base32secret`. */
#ifndef LOADGEN_USERS_H
#define LOADGEN_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "totp.h"

#define USERS_MAX 1000000
#define USER_MAX_NAME_LENGTH 63

struct user {
    char name[USER_MAX_NAME_LENGTH + 1];
    uint8_t key[TOTP_MAX_KEY_LENGTH];
    size_t key_length;
};

struct users {
    struct user *list;
    size_t count;
};

/* Reads the file. On failure prints the reason with file and line to stderr and returns false. */
bool users_read(const char *path, struct users *users);

#endif
