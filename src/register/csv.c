/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv - cuts the bytes of a CSV file into records (RFC 4180).
 *
 * Quotes, CRLF, LF or CR, a byte order mark, and ';' or Tab instead of the
 * comma, as spreadsheets of some languages write it. A record that is too
 * long or breaks the grammar is refused whole, with its line and a word;
 * the next one is read again. Knows nothing of lists.
 */
#include "parts.h"

#include <string.h>

static const char bom[] = "\xef\xbb\xbf";

static void
start(struct csv *csv)
{
	csv->state = CSV_START;
	csv->any = csv->quoted = false;
	csv->problem = NULL;
	csv->len = 0;
	csv->nfields = 1;
	csv->starts[0] = 0;
	csv->record_line = csv->line;
}

static void
put(struct csv *csv, char c)
{
	if (csv->len == CSV_RECORD_MAX)
		csv->problem = N_("the line is too long");
	else
		csv->text[csv->len++] = c;
}

static void
end_field(struct csv *csv)
{
	put(csv, '\0');
	if (csv->nfields == CSV_FIELDS_MAX)
		csv->problem = N_("too many fields");
	else
		csv->starts[csv->nfields++] = csv->len;
	csv->state = CSV_START;
}

static void
end_record(struct csv *csv)
{
	char *fields[CSV_FIELDS_MAX];
	bool blank = csv->nfields == 1 && csv->len == 0 && !csv->quoted;

	if (csv->problem == NULL && !utf8_valid(csv->text, csv->len))
		csv->problem = N_("not UTF-8: save the file as CSV UTF-8");
	if (csv->problem != NULL) {
		csv->fn(csv->arg, csv->record_line, NULL, 0, csv->problem);
	} else if (!blank) {
		csv->text[csv->len] = '\0';
		for (size_t i = 0; i < csv->nfields; i++)
			fields[i] = csv->text + csv->starts[i];
		csv->fn(csv->arg, csv->record_line, fields, csv->nfields, NULL);
	}
	start(csv);
}

static bool
is_separator(struct csv *csv, char c)
{
	if (csv->separator == '\0' && (c == ',' || c == ';' || c == '\t'))
		csv->separator = c;
	return c == csv->separator && c != '\0';
}

static void
quoted(struct csv *csv, char c)
{
	if (c == '"')
		csv->state = CSV_QUOTE_SEEN;
	else
		put(csv, c);
}

static void
unquoted(struct csv *csv, char c)
{
	if (c == '\n' || c == '\r') {
		csv->skip_lf = c == '\r';
		end_record(csv);
	} else if (is_separator(csv, c)) {
		end_field(csv);
	} else if (c == '"' && csv->state == CSV_START) {
		csv->state = CSV_QUOTED;
		csv->quoted = true;
	} else if (c == '"' && csv->state == CSV_QUOTE_SEEN) {
		put(csv, c); /* "" within quotes */
		csv->state = CSV_QUOTED;
	} else if (c == '"' || csv->state == CSV_QUOTE_SEEN) {
		csv->problem = N_("a quote in the wrong place");
	} else {
		put(csv, c);
		csv->state = CSV_BARE;
	}
}

static void
byte(struct csv *csv, char c)
{
	bool lf_of_crlf = csv->skip_lf && c == '\n';

	csv->skip_lf = false;
	if (lf_of_crlf)
		return; /* its CR has ended the record and counted the line */
	if (c == '\n' || c == '\r')
		csv->line++;
	csv->any = true;
	if (c == '\0') {
		csv->problem = N_("a NUL byte: save the file as CSV UTF-8");
	} else if (csv->state == CSV_QUOTED) {
		/* CRLF within quotes is two bytes but one line. */
		if (c == '\n' && csv->len > 0 &&
		    csv->text[csv->len - 1] == '\r')
			csv->line--;
		quoted(csv, c);
	} else {
		unquoted(csv, c);
	}
}

void
csv_init(struct csv *csv, csv_fn fn, void *arg)
{
	*csv = (struct csv){ .fn = fn, .arg = arg, .line = 1 };
	start(csv);
}

void
csv_push(struct csv *csv, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t met = csv->bom;

		if (met < 3 && bytes[i] == bom[met]) {
			csv->bom++;
			continue;
		}
		csv->bom = sizeof(bom); /* past the beginning */
		for (size_t k = 0; met < 3 && k < met; k++)
			byte(csv, bom[k]); /* it was not a mark after all */
		byte(csv, bytes[i]);
	}
}

void
csv_end(struct csv *csv)
{
	if (csv->bom < 3)
		for (size_t k = 0; k < csv->bom; k++)
			byte(csv, bom[k]);
	if (csv->state == CSV_QUOTED)
		csv->problem = N_("a quote is never closed");
	if (csv->any)
		end_record(csv);
}
