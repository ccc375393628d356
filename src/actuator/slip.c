/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slip - what is to be printed, from one JSON object.
 *
 * Texts come from cards, rules and people: cleaned of everything that a
 * printer could take for a command. An id that is not masked is refused:
 * slips are dropped on the road.
 */
#include "parts.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

#define ID_DIGITS_MAX 6 /* of a masked number */
#define SPARE 16 /* bytes of the longest letter with its marks */

static const struct {
	const char *name;
	size_t at, size;
} fields[] = {
#define TEXT(name) { #name, offsetof(struct slip, name), SLIP_TEXT_MAX }
	TEXT(title), TEXT(station), TEXT(time), TEXT(verdict), TEXT(id),
	TEXT(serial), TEXT(public), TEXT(advice),
#undef TEXT
	{ "token", offsetof(struct slip, token), SLIP_TOKEN_MAX },
};

static int
take_text(const json_t *value, const char *name, char *out, size_t size,
    struct err *err)
{
	const char *text = json_string_value(value);
	size_t n = json_string_length(value);

	if (text == NULL)
		return err_set(err, ERR_INPUT, N_("%s is no text"), name);
	/* Cleaning may lengthen it, and ends early at a whole letter. */
	if (n >= size || text_clean(text, n, out, size) + SPARE >= size)
		return err_set(err, ERR_INPUT,
		    N_("%s is longer than %zu bytes"), name, size - SPARE - 1);
	return 0;
}

/* A token is read again by a scanner: every byte counts. */
static int
take_token(const json_t *value, char *out, struct err *err)
{
	const char *text = json_string_value(value);
	size_t n = json_string_length(value);

	if (text == NULL || n >= SLIP_TOKEN_MAX)
		return err_set(err, ERR_INPUT,
		    N_("token is no text of less than %d bytes"),
		    SLIP_TOKEN_MAX);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
			return err_set(err, ERR_INPUT,
			    N_("token holds a control character"));
	memcpy(out, text, n);
	out[n] = '\0';
	return 0;
}

static int
take_rows(const json_t *rows, struct slip *slip, struct err *err)
{
	size_t count = json_array_size(rows);

	if (rows == NULL)
		return 0;
	if (!json_is_array(rows) || count > SLIP_ROWS_MAX)
		return err_set(err, ERR_INPUT,
		    N_("rows is no list of at most %d pairs"), SLIP_ROWS_MAX);
	for (size_t i = 0; i < count; i++) {
		const json_t *pair = json_array_get(rows, i);
		struct slip_row *row = &slip->rows[i];

		if (!json_is_array(pair) || json_array_size(pair) != 2)
			return err_set(err, ERR_INPUT,
			    N_("a row is a label and a value"));
		if (take_text(json_array_get(pair, 0), "a label", row->label,
		    sizeof(row->label), err) < 0 ||
		    take_text(json_array_get(pair, 1), "a value", row->value,
		    sizeof(row->value), err) < 0)
			return -1;
	}
	slip->nrows = count;
	return 0;
}

static bool
is_masked(const char *id)
{
	int digits = 0;

	for (; *id != '\0'; id++)
		digits += isdigit((unsigned char)*id) != 0;
	return digits <= ID_DIGITS_MAX;
}

static int
take_object(const json_t *object, struct slip *slip, struct err *err)
{
	const json_t *again = json_object_get(object, "again");

	for (size_t i = 0; i < nitems(fields); i++) {
		const json_t *value = json_object_get(object, fields[i].name);
		char *out = (char *)slip + fields[i].at;

		if (value == NULL)
			continue;
		if ((out == slip->token ? take_token(value, out, err) :
		    take_text(value, fields[i].name, out, fields[i].size,
		    err)) < 0)
			return -1;
	}
	if (again != NULL && !json_is_boolean(again))
		return err_set(err, ERR_INPUT,
		    N_("again is neither true nor false"));
	slip->again = json_is_true(again);
	if (slip->serial[0] == '\0' ||
	    strpbrk(slip->serial, " \"\\") != NULL)
		return err_set(err, ERR_INPUT,
		    N_("a slip has a serial number without spaces"));
	if (!is_masked(slip->id))
		return err_set(err, ERR_INPUT, N_("the id is not masked"));
	return take_rows(json_object_get(object, "rows"), slip, err);
}

int
slip_parse(const char *json, struct slip *slip, struct err *err)
{
	json_error_t error;
	json_t *object = json_loads(json, JSON_REJECT_DUPLICATES, &error);
	int done;

	memset(slip, 0, sizeof(*slip));
	if (!json_is_object(object)) {
		json_decref(object);
		return err_set(err, ERR_INPUT, N_("a slip is one JSON object"));
	}
	done = take_object(object, slip, err);
	json_decref(object);
	return done;
}
