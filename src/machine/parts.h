/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the room machine share.
 */
#ifndef MACHINE_PARTS_H
#define MACHINE_PARTS_H

#include "base.h"
#include "machine.h"

#define MACHINE_PATH_MAX 512

/* First line of a small file below root, cleaned; false: not there. */
bool kernel_word(const char *root, char *out, size_t size, const char *format,
    ...) __attribute__((format(printf, 4, 5)));
/* The number it begins with, decimal or 0x; -1: none. */
int64_t kernel_number(const char *root, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* fn for each name in a directory below root, sorted by nothing. */
void kernel_each(const char *root, const char *path,
    void (*fn)(void *arg, const char *name), void *arg);

void network_read(const char *root, struct machine *machine);

#endif
