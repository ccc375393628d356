/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells - the fields of a record as typed cells, each checked.
 *
 * What is wrong is said by column, and the value itself is not repeated: it
 * may be a person's number, or bytes that a terminal must not see.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "credential.h"

#define DAY 86400

static bool
all_in(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

bool
identity_valid(const char *text)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char more[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t kind, value;

	if (strspn(text, upper) != 3 || text[3] != ':')
		return false;
	kind = strspn(text + 4, more);
	if (kind == 0 || kind > 16 || text[4 + kind] != ':')
		return false;
	text += 4 + kind + 1;
	value = strspn(text, more);
	return value > 0 && value <= 48 && text[value] == '\0';
}

int
register_identity(const char *text, char identity[80], struct err *err)
{
	static const char digits[] = "0123456789";
	size_t len = strlen(text);
	struct credential found;

	if (len > 0 && all_in(text, digits)) {
		if (len != 12 && len != 9)
			return err_set(err, ERR_INPUT, len == 11 || len == 8 ?
			    _("%zu digits: did a spreadsheet drop a leading zero?") :
			    _("%zu digits; 12 or 9 are wanted"), len);
		credential_decode((const unsigned char *)text, len,
		    &(struct credential_context){ 0 }, &found);
		if (found.identity[0] == '\0')
			return err_set(err, ERR_INPUT, _("not an ID number"));
		strcpy(identity, found.identity);
		return 0;
	}
	if (!identity_valid(text))
		return err_set(err, ERR_INPUT,
		    _("neither 12 or 9 digits nor like VNM:PASSPORT:C0000001"));
	if (strncmp(text, "VNM:PIN:", 8) == 0 &&
	    (len != 8 + 12 || !all_in(text + 8, digits)))
		return err_set(err, ERR_INPUT, _("a PIN has 12 digits"));
	strcpy(identity, text);
	return 0;
}

/* Foreign plates are of no class, but they are plates: letters and digits. */
static int
parse_plate(const char *text, char out[96], struct err *err)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char digits[] = "0123456789";
	char compact[24] = "";
	size_t len, nletters = 0;

	if (plate_parse(text, compact) == PLATE_NOT) {
		len = strlen(compact);
		for (size_t i = 0; i < len; i++)
			if (strchr(letters, compact[i]) != NULL)
				nletters++;
			else if (strchr(digits, compact[i]) == NULL)
				nletters = len; /* no plate of this alphabet */
		if (len < 4 || len > 12 || nletters == 0 || nletters == len)
			return err_set(err, ERR_INPUT, _("not a plate"));
	}
	strcpy(out, "PLATE:");
	strcat(out, compact);
	return 0;
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static int
parse_text(const struct column *column, const char *text, struct cell *cell,
    struct err *err)
{
	char clean[2 * REGISTER_WORD_MAX];
	size_t limit = column->size - 1; /* the answer's field */
	size_t n = strlen(text);

	if (n <= limit && is_plain(text)) { /* most are, and millions come */
		strcpy(cell->text, text);
		return 0;
	}
	/* More than fits whole comes out longer than the limit. */
	n = text_nfc(text, n, cell->text, sizeof(cell->text));
	if (n > limit)
		return err_set(err, ERR_INPUT, _("longer than %zu bytes"), limit);
	text_clean(cell->text, n, clean, sizeof(clean));
	if (strcmp(clean, cell->text) != 0)
		return err_set(err, ERR_INPUT, _("control or invisible characters"));
	return 0;
}

static int
parse_number(const struct column *column, const char *text, int64_t *number,
    struct err *err)
{
	bool flag = column->type == COLUMN_FLAG;
	int64_t min = flag ? 0 : column->min, max = flag ? 1 : column->max;
	long value;

	if (!all_in(text, "0123456789") || strlen(text) > 9)
		return err_set(err, ERR_INPUT, _("not a number"));
	value = strtol(text, NULL, 10);
	if (value < min || value > max)
		return err_set(err, ERR_INPUT, _("not within %d and %d"),
		    (int)min, (int)max);
	*number = value;
	return 0;
}

static int
parse_word(const struct column *column, const char *text, int64_t *number,
    struct err *err)
{
	for (int64_t i = 0; column->words[i] != NULL; i++) {
		if (strcasecmp(column->words[i], text) != 0)
			continue;
		*number = i;
		return 0;
	}
	return err_set(err, ERR_INPUT, _("not one of its words, as %s"),
	    column->words[0]);
}

static int
parse_time(const struct column *column, const char *text, int utc_offset_s,
    int64_t *at, struct err *err)
{
	if (time_parse(text, utc_offset_s, at) < 0 || *at < CELL_TIME_MIN ||
	    *at > CELL_TIME_MAX)
		return err_set(err, ERR_INPUT,
		    _("not a time like 2021-08-12 or 2021-08-12T14:30+07:00"));
	/* "ends 2 September" takes that day in. */
	if (column->type == COLUMN_UNTIL && strlen(text) == 10)
		*at += DAY - 1;
	return 0;
}

static int
parse_days(const char *text, int64_t *mask, struct err *err)
{
	*mask = 0;
	for (; *text != '\0'; text++) {
		if (*text < '1' || *text > '7' || *mask & 1 << (*text - '1'))
			return err_set(err, ERR_INPUT,
			    _("not days like 12345 (1 is Monday)"));
		*mask |= 1 << (*text - '1');
	}
	return 0;
}

/* "05:00" to minutes, or -1. */
static int
parse_minute(const char *text)
{
	int hour, minute;

	if (!all_in((const char[]){ text[0], text[1], text[3], text[4], 0 },
	    "0123456789") || text[2] != ':')
		return -1;
	hour = (text[0] - '0') * 10 + text[1] - '0';
	minute = (text[3] - '0') * 10 + text[4] - '0';
	if (minute > 59 || hour * 60 + minute > 1440)
		return -1;
	return hour * 60 + minute;
}

static int
parse_hours(const char *text, int64_t *hours, struct err *err)
{
	int from = -1, until = -1;

	if (strlen(text) == 11 && text[5] == '-') {
		from = parse_minute(text);
		until = parse_minute(text + 6);
	}
	if (from < 0 || until < 0 || from == 1440 || from == until)
		return err_set(err, ERR_INPUT, _("not hours like 05:00-21:00"));
	*hours = from * 1441 + until;
	return 0;
}

static int
parse_cell(const struct column *column, const char *text, int utc_offset_s,
    struct cell *cell, struct err *err)
{
	char identity[80];

	switch (column->type) {
	case COLUMN_ID:
		if (register_identity(text, identity, err) < 0)
			return -1;
		strcpy(cell->text, identity);
		return 0;
	case COLUMN_PLATE:
	case COLUMN_SEEN:
		return parse_plate(text, cell->text, err);
	case COLUMN_TIME:
	case COLUMN_UNTIL:
		return parse_time(column, text, utc_offset_s, &cell->number,
		    err);
	case COLUMN_NUMBER:
	case COLUMN_FLAG:
		return parse_number(column, text, &cell->number, err);
	case COLUMN_WORD:
		return parse_word(column, text, &cell->number, err);
	case COLUMN_TEXT:
		return parse_text(column, text, cell, err);
	case COLUMN_DAYS:
		return parse_days(text, &cell->number, err);
	case COLUMN_HOURS:
		return parse_hours(text, &cell->number, err);
	}
	return err_set(err, ERR_INPUT, "%s", column->name);
}

static int
check_cells(const struct list *list, const struct row *row, struct err *err)
{
	for (size_t i = 0; i < list->ncolumns; i++) {
		const struct column *column = &list->columns[i];

		if (column->flags & COLUMN_NEEDED && !row->cells[i].given)
			return err_set(err, ERR_INPUT,
			    _("%s is missing: a row without it is not taken"),
			    column->name);
		if (column->flags & COLUMN_AFTER && row->cells[i].given &&
		    row->cells[i - 1].given &&
		    row->cells[i].number < row->cells[i - 1].number)
			return err_set(err, ERR_INPUT, _("%s is before %s"),
			    column->name, list->columns[i - 1].name);
	}
	return 0;
}

int
row_parse(const struct header *header, char **fields, int utc_offset_s,
    struct row *row, struct err *err)
{
	const struct list *list = &lists[header->list];

	for (size_t i = 0; i < list->ncolumns; i++)
		row->cells[i] = (struct cell){ .given = false };
	for (size_t i = 0; i < header->nfields; i++) {
		const struct column *column;
		struct cell *cell;
		char *text = field_trim(fields[i]);

		if (header->column[i] == FIELD_IGNORED || text[0] == '\0')
			continue;
		column = &list->columns[header->column[i]];
		cell = &row->cells[header->column[i]];
		if (parse_cell(column, text, utc_offset_s, cell, err) < 0)
			return err_within(err, "%s", column->name);
		cell->given = true;
	}
	return check_cells(list, row, err);
}
