/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells - small tables that an operator wrote: CSV with a header, of which a
 * few columns are wanted.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_BYTES_MAX (4u << 20)
#define COLUMNS_MAX 32

struct table {
	const char *const *wanted;
	size_t n;
	int column[CELLS_MAX]; /* of each that is wanted; -1: none */
	cells_row_fn fn;
	void *arg;
};

/* Cuts one cell out of *line in place, quotes undone; NULL at the end of the
 * line, or when a quote is not closed: then *line is NULL as well. */
static char *
next_cell(char **line, bool *broken)
{
	char *cell = *line, *from = cell, *to = cell;
	bool quoted = cell != NULL && *cell == '"';

	if (cell == NULL)
		return NULL;
	if (quoted)
		from++;
	while (*from != '\0' && (quoted || *from != ',')) {
		if (quoted && *from == '"' && *++from != '"') {
			quoted = false;
			continue;
		}
		*to++ = *from++;
	}
	*broken = quoted || (*from != ',' && *from != '\0');
	*line = *from == ',' ? from + 1 : NULL;
	*to = '\0';
	return cell;
}

static int
read_header(struct table *table, char *line, struct err *err)
{
	bool broken = false;
	char *cell;

	for (size_t k = 0; k < table->n; k++)
		table->column[k] = -1;
	for (int i = 0; (cell = next_cell(&line, &broken)) != NULL; i++) {
		for (size_t k = 0; k < table->n; k++)
			if (strcmp(cell, table->wanted[k]) == 0)
				table->column[k] = i;
		if (broken || i == COLUMNS_MAX)
			return err_set(err, ERR_INPUT, "line 1: not CSV");
	}
	return table->column[0] >= 0 ? 0 : err_set(err, ERR_INPUT,
	    "line 1: there is no column named %s (%s,%s)", table->wanted[0],
	    table->wanted[0], table->wanted[1]);
}

static int
read_row(struct table *table, char *line, int number, struct err *err)
{
	const char *cells[CELLS_MAX];
	char *cell;
	bool broken = false;

	for (size_t k = 0; k < table->n; k++)
		cells[k] = "";
	for (int i = 0; (cell = next_cell(&line, &broken)) != NULL; i++) {
		if (broken || i == COLUMNS_MAX ||
		    !utf8_valid(cell, strlen(cell)))
			return err_set(err, ERR_INPUT, "line %d: not CSV in "
			    "UTF-8", number);
		for (size_t k = 0; k < table->n; k++)
			if (table->column[k] == i)
				cells[k] = cell;
	}
	return table->fn(table->arg, number, cells, err);
}

int
cells_read(const char *path, const char *const *columns, size_t n,
    cells_row_fn fn, void *arg, struct err *err)
{
	struct table table = { columns, n, { 0 }, fn, arg };
	size_t len;
	char *text = file_read(path, TABLE_BYTES_MAX, &len, err), *at = text;
	int number = 0, ret = 0;

	if (text == NULL)
		return -1;
	if (memchr(text, '\0', len) != NULL)
		ret = err_set(err, ERR_INPUT, "not a text");
	if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (ret == 0 && at != NULL && *at != '\0') {
		char *line = strsep(&at, "\n");
		size_t length = strlen(line);

		if (length > 0 && line[length - 1] == '\r')
			line[length - 1] = '\0';
		number++;
		if (number == 1)
			ret = read_header(&table, line, err);
		else if (line[0] != '\0')
			ret = read_row(&table, line, number, err);
	}
	free(text);
	return ret;
}
