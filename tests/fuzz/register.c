/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a CSV file, as packed rows, and as a line of the look-up
 * child. A row that was taken packs, unpacks and answers as the same.
 */
#include "../../src/register/parts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
	bool has_header, refused;
	struct header header;
};

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
take(const struct list *list, const struct row *row, unsigned given)
{
	struct register_answer answer, back;
	unsigned char packed[ROW_PACKED_MAX];
	char *json, *line;
	struct row again;
	int64_t n;
	size_t len = row_pack(list, row, packed);

	require(len <= ROW_PACKED_MAX);
	require(row_unpack(list, packed, len, &again) == 0);
	for (size_t i = 1; i < list->ncolumns; i++) {
		require(row->cells[i].given == again.cells[i].given);
		require(!row->cells[i].given ||
		    row->cells[i].number == again.cells[i].number);
		strcpy(again.cells[i].text, row->cells[i].text);
	}
	register_answer_init(&answer);
	row_answer(list, &again, given, &answer);
	json = register_answer_json(&answer);
	line = malloc(strlen(json) + 16);
	require(line != NULL);
	strcpy(line, "found 1 ");
	strcat(line, json);
	require(register_found_parse(line, &n, &back, NULL) == 0);
	require(strcmp(answer.from, back.from) == 0);
	require(answer.status_ends == back.status_ends);
	free(line);
	free(json);
}

static void
on_record(void *arg, int64_t line, char **fields, size_t nfields,
    const char *problem)
{
	struct file *file = arg;
	struct err err = { 0 };
	struct row row;

	require(line > 0 && (problem != NULL) == (nfields == 0));
	if (problem != NULL || file->refused)
		return;
	for (size_t i = 0; i < nfields; i++)
		require(utf8_valid(fields[i], strlen(fields[i])));
	if (!file->has_header) {
		file->refused = header_parse(fields, nfields, &file->header,
		    &err) < 0;
		file->has_header = true;
		require(!file->refused || utf8_valid(err.text, strlen(err.text)));
		return;
	}
	if (nfields == file->header.nfields &&
	    row_parse(&file->header, fields, 7 * 3600, &row, &err) == 0)
		take(&lists[file->header.list], &row, file->header.given);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file file = { 0 };
	struct register_answer answer;
	struct row row;
	struct csv csv;
	int64_t n;
	char *line = malloc(size + 1);

	csv_init(&csv, on_record, &file);
	csv_push(&csv, (const char *)data, size);
	csv_end(&csv);
	for (int list = 0; list < LIST_COUNT; list++)
		if (row_unpack(&lists[list], data, size, &row) == 0) {
			for (size_t i = 0; i < COLUMNS_MAX; i++)
				row.cells[i].text[0] = '\0';
			register_answer_init(&answer);
			row_answer(&lists[list], &row, 0, &answer);
		}
	require(line != NULL);
	memcpy(line, data, size);
	line[size] = '\0';
	register_found_parse(line, &n, &answer, NULL);
	free(line);
	return 0;
}
