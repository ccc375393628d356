/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_lines - lines of JSON from a file or standard input, bounded.
 */
#ifndef COMMAND_JSON_LINES_H
#define COMMAND_JSON_LINES_H

#include <stdio.h>

#include "base.h"

#define JSON_LINE_MAX 65536

struct json_lines {
	FILE *in;
	const char *name; /* for messages */
	int line;
	size_t max; /* bytes of a line */
	char text[JSON_LINE_MAX];
};

/* path NULL or "-": standard input. max is at most JSON_LINE_MAX. */
int json_lines_open(struct json_lines *lines, const char *path, size_t max,
    struct err *err);
void json_lines_close(struct json_lines *lines);
/* 1 with a line in text, its length in *n; 0 at the end; -1. */
int json_lines_next(struct json_lines *lines, size_t *n, struct err *err);
/* Put "NAME:LINE: " before an error about the line. */
int json_lines_within(const struct json_lines *lines, struct err *err);

#endif
