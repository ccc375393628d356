/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer - an answer as JSON and back; the names are those of its fields.
 *
 * What is not given is left out, so that most answers are short. Read back,
 * everything is checked: the line comes from another process.
 */
#include "parts.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum field_type { FIELD_BOOL, FIELD_INT, FIELD_TIME, FIELD_TEXT };

static const struct field {
	const char *name;
	enum field_type type;
	size_t at, size;
} fields[] = {
#define FIELD(type, name) { #name, type, \
	offsetof(struct register_answer, name), \
	sizeof(((struct register_answer *)0)->name) }
	FIELD(FIELD_BOOL, known),
	FIELD(FIELD_TEXT, why),
	FIELD(FIELD_TIME, oldest_list_at),
	FIELD(FIELD_TEXT, expired),
	FIELD(FIELD_TEXT, declaration),
	FIELD(FIELD_TIME, declared_at),
	FIELD(FIELD_INT, symptoms),
	FIELD(FIELD_TEXT, from),
	FIELD(FIELD_TEXT, to),
	FIELD(FIELD_INT, origin_zone),
	FIELD(FIELD_INT, destination_zone),
	FIELD(FIELD_INT, residence_zone),
	FIELD(FIELD_TEXT, status),
	FIELD(FIELD_TIME, status_since),
	FIELD(FIELD_TIME, status_ends),
	FIELD(FIELD_TEXT, status_source),
	FIELD(FIELD_TEXT, permit),
	FIELD(FIELD_TIME, permit_from),
	FIELD(FIELD_TIME, permit_until),
	FIELD(FIELD_TEXT, permit_days),
	FIELD(FIELD_INT, permit_minute_from),
	FIELD(FIELD_INT, permit_minute_until),
	FIELD(FIELD_TEXT, exempt),
	FIELD(FIELD_INT, wanted),
	FIELD(FIELD_INT, shipper),
	FIELD(FIELD_INT, doses),
	FIELD(FIELD_INT, doses_required),
	FIELD(FIELD_TIME, last_dose_at),
	FIELD(FIELD_TIME, recovered_at),
	FIELD(FIELD_TEXT, test),
	FIELD(FIELD_TEXT, test_kind),
	FIELD(FIELD_TIME, test_sampled_at),
	FIELD(FIELD_TIME, test_result_at),
	FIELD(FIELD_TEXT, benefit),
	FIELD(FIELD_INT, granted),
	FIELD(FIELD_TIME, granted_at),
	FIELD(FIELD_INT, plate_agrees),
	FIELD(FIELD_INT, plate_known),
	FIELD(FIELD_INT, green_lane),
	FIELD(FIELD_INT, vehicle_wanted),
	FIELD(FIELD_TEXT, vehicle_kind),
	FIELD(FIELD_INT, group_declared),
#undef FIELD
};

#define ANSWER_JSON_MAX 4096 /* bytes; far more than all fields at their longest */
#define INT_FIELD_MAX 1440

static json_t *
to_json(const struct field *field, const char *value)
{
	switch (field->type) {
	case FIELD_BOOL:
		return json_boolean(*(const bool *)value);
	case FIELD_INT:
		return json_integer(*(const int *)(const void *)value);
	case FIELD_TIME:
		return json_integer(*(const int64_t *)(const void *)value);
	case FIELD_TEXT:
		return json_string(value);
	}
	return NULL;
}

char *
register_answer_json(const struct register_answer *answer)
{
	struct register_answer empty;
	json_t *object = json_object();
	char *text;

	register_answer_init(&empty);
	for (size_t i = 0; i < nitems(fields); i++) {
		const char *value = (const char *)answer + fields[i].at;
		const char *none = (const char *)&empty + fields[i].at;
		bool given = fields[i].type == FIELD_TEXT ? value[0] != '\0' :
		    memcmp(value, none, fields[i].size) != 0;

		if (given || fields[i].type == FIELD_BOOL)
			json_object_set_new(object, fields[i].name,
			    to_json(&fields[i], value));
	}
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		mem_none(); /* texts are valid UTF-8 since the import */
	return text;
}

static int
from_json(const struct field *field, const json_t *json, char *value)
{
	json_int_t number = json_integer_value(json);

	switch (field->type) {
	case FIELD_BOOL:
		*(bool *)value = json_is_true(json);
		return json_is_boolean(json) ? 0 : -1;
	case FIELD_INT:
		if (!json_is_integer(json) || number < -1 ||
		    number > INT_FIELD_MAX)
			return -1;
		*(int *)(void *)value = (int)number;
		return 0;
	case FIELD_TIME:
		if (!json_is_integer(json) || number < 0 ||
		    number > 2 * CELL_TIME_MAX)
			return -1;
		*(int64_t *)(void *)value = number;
		return 0;
	case FIELD_TEXT:
		if (!json_is_string(json) ||
		    json_string_length(json) >= field->size)
			return -1;
		strcpy(value, json_string_value(json));
		return 0;
	}
	return -1;
}

static int
fill(const json_t *object, struct register_answer *answer, struct err *err)
{
	for (size_t i = 0; i < nitems(fields); i++) {
		const json_t *json = json_object_get(object, fields[i].name);

		if (json == NULL && fields[i].type != FIELD_BOOL)
			continue;
		if (json == NULL || from_json(&fields[i], json,
		    (char *)answer + fields[i].at) < 0)
			return err_set(err, ERR_INPUT, "answer: %s",
			    fields[i].name);
	}
	return 0;
}

int
register_found_parse(const char *line, int64_t *n,
    struct register_answer *answer, struct err *err)
{
	json_t *object;
	char *end;
	int result;

	register_answer_init(answer);
	if (strncmp(line, "found ", 6) != 0 || line[6] < '0' || line[6] > '9')
		return err_set(err, ERR_INPUT, "answer: not a found line");
	errno = 0;
	*n = strtoll(line + 6, &end, 10);
	if (errno != 0 || *end != ' ' || strlen(end) > ANSWER_JSON_MAX)
		return err_set(err, ERR_INPUT, "answer: not a found line");
	object = json_loads(end + 1, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(object)) {
		json_decref(object);
		return err_set(err, ERR_INPUT, "answer: not a JSON object");
	}
	result = fill(object, answer, err);
	json_decref(object);
	if (result < 0)
		register_answer_init(answer);
	return result;
}
