/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tar - plain files in the ustar format, which everybody can open.
 */
#ifndef COMMAND_TAR_H
#define COMMAND_TAR_H

#include <stdint.h>
#include <stdio.h>

/* name: at most 99 bytes. What went wrong is in ferror(out). */
void tar_add(FILE *out, const char *name, const char *bytes, size_t n,
    int64_t at);
void tar_end(FILE *out);

#endif
