/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report - what a post answered: one JSON object, of which nothing is
 * believed but that it is short, flat and clean.
 */
#include "parts.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int
take(struct report *report, const char *name, const json_t *value,
    struct err *err)
{
	struct report_line *line = &report->lines[report->n];

	if (report->n == REPORT_LINES_MAX)
		return err_set(err, ERR_INPUT, "too many lines");
	text_clean(name, strlen(name), line->name, sizeof(line->name));
	line->number = json_is_integer(value);
	if (line->number)
		snprintf(line->value, sizeof(line->value), "%" PRId64,
		    (int64_t)json_integer_value(value));
	else if (json_is_string(value))
		text_clean(json_string_value(value),
		    json_string_length(value), line->value,
		    sizeof(line->value));
	else
		return err_set(err, ERR_INPUT, "neither text nor number");
	report->n++;
	return 0;
}

int
report_parse(const char *text, size_t n, struct report *report,
    struct err *err)
{
	json_error_t why;
	json_t *root, *value;
	const char *name;

	report->n = 0;
	if (n > REPORT_BYTES_MAX)
		return err_set(err, ERR_INPUT, "too long");
	root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(root)) {
		json_decref(root);
		return err_set(err, ERR_INPUT, "no JSON object");
	}
	json_object_foreach(root, name, value)
		if (take(report, name, value, err) != 0) {
			report->n = 0;
			break;
		}
	json_decref(root);
	if (report->n > 0 && report_find(report, "id")[0] != '\0')
		return 0;
	if (err != NULL && err->kind == ERR_NONE)
		err_set(err, ERR_INPUT, "not the status of a post");
	report->n = 0;
	return -1;
}

const char *
report_find(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->n; i++)
		if (strcmp(report->lines[i].name, name) == 0)
			return report->lines[i].value;
	return "";
}

void
report_json(const struct post *post, FILE *out)
{
	json_t *root = json_object(), *status = json_object();
	char *text;

	for (size_t i = 0; i < post->report.n; i++)
		json_object_set_new(status, post->report.lines[i].name,
		    post->report.lines[i].number ? json_integer(strtoll(
		    post->report.lines[i].value, NULL, 10)) :
		    json_string(post->report.lines[i].value));
	json_object_set_new(root, "host", json_string(post->host));
	json_object_set_new(root, "reached", json_boolean(post->reached));
	if (!post->reached)
		json_object_set_new(root, "why", json_string(post->why));
	json_object_set_new(root, "level", json_integer(post_level(post)));
	json_object_set_new(root, "status", status);
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (text == NULL)
		mem_none();
	fprintf(out, "%s\n", text);
	free(text);
}
