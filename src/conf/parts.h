/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf - what its modules share: the rows of options[] and their values.
 *
 * Only conf.c knows libconfuse; options.c knows what each option may be.
 */
#ifndef CONF_PARTS_H
#define CONF_PARTS_H

#include "conf.h"

enum option_type {
	OPTION_TEXT,    /* one line of UTF-8 */
	OPTION_WORD,    /* letters, digits, '-', '_' and '.' */
	OPTION_COUNTRY, /* three capital letters, ISO 3166-1 alpha-3 */
	OPTION_CHOICE,  /* one of the words of choices */
	OPTION_PATH,    /* a file name; relative ones are relative to the file */
	OPTION_INT,
	OPTION_LONG,
	OPTION_REAL,
	OPTION_OFFSET,  /* "+07:00" */
	OPTION_DEVICES, /* one or several device strings */
	OPTION_COMMANDS, /* one or several commands with titles */
};

struct option {
	const char *section; /* "" for the top level */
	const char *name;
	enum option_type type;
	const char *line;    /* the default, as a line of the file */
	double min, max;     /* of numbers */
	const char *choices; /* of OPTION_CHOICE, separated by spaces */
	const char *unit;    /* for people: "s", "degrees"; or "" */
	const char *help;    /* N_() */
	const char *example; /* a line for the template; NULL: the default */
	bool required;       /* the default does not do for a post */
	size_t at, size;     /* of its field, in struct conf, _lane or _hub */
};

extern const struct option options[];
extern const size_t noptions;

/* Both kinds of list are kept as struct conf_devices. */
static inline bool
option_lists(const struct option *option)
{
	return option->type == OPTION_DEVICES || option->type == OPTION_COMMANDS;
}

/* Blank the comments of a NUL-ended text of n bytes in place and refuse what
 * libconfuse would take by surprise. *line: the last line, or that of err. */
int prepare(char *text, size_t n, int *line, struct err *err);

const struct option *option_find(const char *section, const char *name);
/* Check the text of a value and, unless base is NULL, store it. base is the
 * struct conf, conf_lane or conf_hub that the option's section fills. */
int option_set(const struct option *option, const char *text, void *base,
    struct err *err);
/* Print "name = value" as conf_load() takes it back, without the LF. */
void option_print(const struct option *option, const void *base, FILE *out);
void option_print_quoted(const char *text, FILE *out);

/* As conf_load() and conf_defaults(), in this process. */
int conf_read(const char *path, struct conf *conf, struct err *err);
void conf_read_defaults(struct conf *conf);

#endif
