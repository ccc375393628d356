/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row - one row of a list: typed cells, packed bytes, fields of an answer.
 *
 * Packed, a row is one varint a column, 0 for "not given" and trailing zeros
 * left out: a status takes six bytes, so that ten million fit in 300 MB.
 * Times are days, where they are whole days at +07:00, since the time in the
 * column before.
 */
#include "parts.h"

#include <string.h>

#define EPOCH 1577811600 /* 2020-01-01T00:00+07:00: times pack from here */
#define DAY 86400

int64_t
row_weight(const struct list *list, const struct row *row)
{
	for (size_t i = 0; i < list->ncolumns; i++)
		if (list->columns[i].flags & COLUMN_NEWEST)
			return row->cells[i].number;
	return 0;
}

/* ---- cells to bytes and back ---- */

static uint64_t
zigzag(int64_t n)
{
	return n < 0 ? ((uint64_t)-(n + 1) << 1) + 1 : (uint64_t)n << 1;
}

static int64_t
unzigzag(uint64_t z)
{
	return z & 1 ? -(int64_t)(z >> 1) - 1 : (int64_t)(z >> 1);
}

static uint64_t
pack_time(int64_t delta)
{
	if (delta % DAY == 0)
		return zigzag(delta / DAY) << 1;
	return zigzag(delta) << 1 | 1;
}

static int64_t
unpack_time(uint64_t packed)
{
	int64_t n = unzigzag(packed >> 1);

	if (n > CELL_TIME_MAX || n < -CELL_TIME_MAX)
		return CELL_TIME_MAX * 2; /* refused as out of range */
	return packed & 1 ? n : n * DAY;
}

static bool
is_time(const struct column *column)
{
	return column->type == COLUMN_TIME || column->type == COLUMN_UNTIL;
}

size_t
row_pack(const struct list *list, const struct row *row,
    unsigned char out[ROW_PACKED_MAX])
{
	int64_t base = EPOCH;
	size_t n = 0, end = 0;

	for (size_t i = 1; i < list->ncolumns; i++) {
		const struct column *column = &list->columns[i];
		const struct cell *cell = &row->cells[i];
		uint64_t value = 0;

		if (cell->given && is_time(column)) {
			/* The last second of a day packs as a whole day. */
			int until = column->type == COLUMN_UNTIL;

			value = pack_time(cell->number + until - base) + 1;
			base = cell->number;
		} else if (cell->given) {
			value = (uint64_t)cell->number + 1;
		}
		for (; value >= 0x80; value >>= 7)
			out[n++] = (unsigned char)(value | 0x80);
		out[n++] = (unsigned char)value;
		if (cell->given)
			end = n;
	}
	return end;
}

static bool
in_range(const struct column *column, int64_t number)
{
	int64_t words = 0;

	switch (column->type) {
	case COLUMN_TIME:
	case COLUMN_UNTIL:
		return number >= CELL_TIME_MIN && number <= CELL_TIME_MAX + DAY;
	case COLUMN_NUMBER:
		return number >= column->min && number <= column->max;
	case COLUMN_FLAG:
		return number >= 0 && number <= 1;
	case COLUMN_WORD:
		while (column->words[words] != NULL)
			words++;
		return number >= 0 && number < words;
	case COLUMN_DAYS:
		return number >= 0 && number < 128;
	case COLUMN_HOURS:
		return number >= 0 && number < 1441 * 1441;
	default:
		return number >= 0 && number <= INT64_MAX / 2;
	}
}

static int
take_varint(const unsigned char *bytes, size_t n, size_t *at, uint64_t *value)
{
	*value = 0;
	for (int shift = 0; shift < 63; shift += 7) {
		if (*at == n)
			return -1;
		*value |= (uint64_t)(bytes[*at] & 0x7f) << shift;
		if ((bytes[(*at)++] & 0x80) == 0)
			return 0;
	}
	return -1;
}

int
row_unpack(const struct list *list, const unsigned char *bytes, size_t n,
    struct row *row)
{
	int64_t base = EPOCH;
	size_t at = 0;

	for (size_t i = 0; i < list->ncolumns; i++)
		row->cells[i] = (struct cell){ .given = false };
	for (size_t i = 1; i < list->ncolumns && at < n; i++) {
		const struct column *column = &list->columns[i];
		struct cell *cell = &row->cells[i];
		uint64_t value;

		if (take_varint(bytes, n, &at, &value) < 0)
			return -1;
		if (value == 0)
			continue;
		cell->given = true;
		cell->number = (int64_t)(value - 1);
		if (is_time(column)) {
			cell->number = base + unpack_time(value - 1) -
			    (column->type == COLUMN_UNTIL);
			base = cell->number;
		}
		if (!in_range(column, cell->number))
			return -1;
	}
	return at == n ? 0 : -1;
}

/* ---- texts that are sealed ---------------------------------------------------------------- */

void
seal_cell(const struct register_key *key, const struct column *column,
    struct cell *cell)
{
	char sealed[STORED_TEXT_MAX];

	if (!(column->flags & COLUMN_SEALED) || !cell->given)
		return;
	hash_seal_text(key, cell->text, sealed);
	memcpy(cell->text, sealed, sizeof(sealed));
}

/* A hub of before published them as they were. */
void
open_cells(const struct register_key *key, const struct list *list,
    struct row *row)
{
	char text[REGISTER_WORD_MAX];

	for (size_t i = 1; i < list->ncolumns; i++) {
		struct cell *cell = &row->cells[i];

		if (!(list->columns[i].flags & COLUMN_SEALED) || !cell->given)
			continue;
		if (key == NULL)
			cell->given = false;
		else if (hash_open_text(key, cell->text, text))
			strcpy(cell->text, text);
	}
}

/* ---- cells to an answer ---------------------------------------------------------------- */

static void
set_text(char *field, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len < size) /* the tables and the import see to it */
		memcpy(field, text, len + 1);
}

static void
days_text(char *field, int64_t mask)
{
	for (int day = 0; day < 7; day++)
		if (mask & 1 << day)
			*field++ = (char)('1' + day);
	*field = '\0';
}

static void
set_field(const struct column *column, const struct cell *cell,
    struct register_answer *answer)
{
	char *field = (char *)answer + column->at;

	switch (column->type) {
	case COLUMN_ID:
	case COLUMN_PLATE:
	case COLUMN_SEEN: /* look.c compares it */
		break;
	case COLUMN_TIME:
	case COLUMN_UNTIL:
		*(int64_t *)(void *)field = cell->number;
		break;
	case COLUMN_NUMBER:
	case COLUMN_FLAG:
		*(int *)(void *)field = (int)cell->number;
		break;
	case COLUMN_WORD:
		set_text(field, column->size, column->words[cell->number]);
		break;
	case COLUMN_TEXT:
		set_text(field, column->size, cell->text);
		break;
	case COLUMN_DAYS:
		days_text(field, cell->number);
		break;
	case COLUMN_HOURS:
		*(int *)(void *)field = (int)(cell->number / 1441);
		*(int *)(void *)((char *)answer + column->until_at) =
		    (int)(cell->number % 1441);
		break;
	}
}

/* No cell: what that means where the list has such a column. */
static void
set_nothing(const struct column *column, bool row,
    struct register_answer *answer)
{
	char *field = (char *)answer + column->at;
	const char *word = row ? column->blank : column->absent;

	if (word != NULL)
		set_text(field, column->size, word);
	else if (column->type == COLUMN_FLAG && !row)
		*(int *)(void *)field = 0;
}

void
row_answer(const struct list *list, const struct row *row, unsigned given,
    struct register_answer *answer)
{
	for (size_t i = 1; i < list->ncolumns; i++) {
		if (row != NULL && row->cells[i].given)
			set_field(&list->columns[i], &row->cells[i], answer);
		else if (given & 1u << i)
			set_nothing(&list->columns[i], row != NULL, answer);
	}
}

/* ---- for a hub, which holds rows and knows nothing of columns -------------------------- */

int
register_row_words(const char *name, const unsigned char *bytes, size_t n,
    int64_t numbers[REGISTER_ROW_WORDS])
{
	const struct list *list = NULL;
	struct row row;
	int count = 0;

	for (size_t i = 0; i < LIST_COUNT; i++)
		if (strcmp(lists[i].name, name) == 0)
			list = &lists[i];
	if (list == NULL || n > ROW_PACKED_MAX ||
	    row_unpack(list, bytes, n, &row) < 0)
		return -1;
	for (size_t i = 1; i < list->ncolumns; i++)
		if (list->columns[i].type == COLUMN_TEXT && row.cells[i].given &&
		    !(list->columns[i].flags & COLUMN_SEALED))
			numbers[count++] = row.cells[i].number;
	return count;
}
_Static_assert(COLUMNS_MAX <= REGISTER_ROW_WORDS &&
    ROW_PACKED_MAX == REGISTER_ROW_MAX &&
    2 * HASH_BYTES + 1 == REGISTER_HASH_HEX, "the door says the same");

const char *
register_plate_list(size_t i)
{
	for (size_t list = 0; list < LIST_COUNT; list++)
		if (lists[list].columns[0].type == COLUMN_PLATE && i-- == 0)
			return lists[list].name;
	return NULL;
}
