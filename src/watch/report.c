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

#define HUB_LINES_MAX 10
#define PAGE_SILENT_S 900 /* posts leave one each minute */

void
report_free(struct report *report)
{
	for (size_t i = 0; i < report->n; i++)
		free((void *)report->lines[i].name); /* value is behind it */
	free(report->lines);
	*report = (struct report){ .n = 0 };
}

void
posts_free(struct post *posts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		report_free(&posts[i].report);
	free(posts);
}

static void
add(struct report *report, const char *name, const char *value, bool number)
{
	size_t n = strlen(name) + 1, m = strlen(value) + 1;
	char *text = mem_take(n + m);

	memcpy(text, name, n);
	memcpy(text + n, value, m);
	report->lines = mem_retake(report->lines, (report->n + 1) *
	    sizeof(*report->lines));
	report->lines[report->n++] = (struct report_line){ text, text + n,
		number };
}

static int
take(struct report *report, const char *name, const json_t *value,
    struct err *err)
{
	char clean_name[REPORT_NAME_MAX], clean[REPORT_VALUE_MAX];
	bool number = json_is_integer(value);

	if (report->n == REPORT_LINES_MAX)
		return err_set(err, ERR_INPUT, "too many lines");
	text_clean(name, strlen(name), clean_name, sizeof(clean_name));
	if (number)
		snprintf(clean, sizeof(clean), "%" PRId64,
		    (int64_t)json_integer_value(value));
	else if (json_is_string(value))
		text_clean(json_string_value(value),
		    json_string_length(value), clean, sizeof(clean));
	else
		return err_set(err, ERR_INPUT, "neither text nor number");
	add(report, clean_name, clean, number);
	return 0;
}

int
report_parse(const char *text, size_t n, struct report *report,
    struct err *err)
{
	json_error_t why;
	json_t *root, *value;
	const char *name;

	report_free(report);
	if (n > REPORT_BYTES_MAX)
		return err_set(err, ERR_INPUT, "too long");
	root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(root)) {
		json_decref(root);
		return err_set(err, ERR_INPUT, "no JSON object");
	}
	json_object_foreach(root, name, value)
		if (take(report, name, value, err) != 0) {
			report_free(report);
			break;
		}
	json_decref(root);
	if (report->n > 0 && report_find(report, "id")[0] != '\0')
		return 0;
	if (err != NULL && err->kind == ERR_NONE)
		err_set(err, ERR_INPUT, "not the status of a post");
	report_free(report);
	return -1;
}

/* ---- a line of the hub ------------------------------------------------------------ */

static const char *
text_of(const json_t *root, const char *name)
{
	const char *text = json_string_value(json_object_get(root, name));

	return text != NULL ? text : "";
}

/* Who it is the hub says, not the page. */
static int
take_page(const json_t *root, struct report *report, struct err *err)
{
	json_t *page = json_object_get(root, "status"), *value;
	const char *name;

	json_object_foreach(page, name, value)
		if (strcmp(name, "id") != 0 && take(report, name, value, err) != 0)
			return -1;
	return 0;
}

/* What the hub itself knows of it, behind what the post said. */
static void
take_hub(const json_t *root, struct report *report)
{
	static const char *const names[] = { "name", "said", "program",
		"revoked", "moved", "epoch", "seq", "forks", "gaps" };
	char title[REPORT_NAME_MAX];

	take(report, "id", json_object_get(root, "station"), NULL);
	for (size_t i = 0; i < nitems(names); i++) {
		const json_t *value = json_object_get(root, names[i]);

		snprintf(title, sizeof(title), "hub %s", names[i]);
		if (value != NULL)
			take(report, title, value, NULL);
	}
}

static void
judge_page(const json_t *root, struct post *post, int64_t at)
{
	int64_t said = 0;
	char words[REPORT_VALUE_MAX];

	if (time_parse(text_of(root, "said"), 0, &said) != 0)
		snprintf(words, sizeof(words), "%s", _("no status page yet"));
	else if (text_of(root, "revoked")[0] != '\0')
		snprintf(words, sizeof(words), _("its access was taken away: %s"),
		    text_of(root, "revoked"));
	else if (at - said > PAGE_SILENT_S)
		snprintf(words, sizeof(words), _("nothing heard since %s"),
		    text_of(root, "said"));
	else
		post->reached = post->heard;
	post->heard_ms = said > 0 && at > said ? (said - at) * 1000 : 0;
	if (!post->reached && post->why[0] == '\0')
		text_clean(words, strlen(words), post->why, sizeof(post->why));
}

int
report_page(const char *text, size_t n, struct post *post, int64_t at,
    struct err *err)
{
	json_t *root = n <= REPORT_BYTES_MAX ? json_loadb(text, n,
	    JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *station = text_of(root, "station");
	struct err why = { 0 };

	*post = (struct post){ .asked = true };
	if (station[0] == '\0' || strlen(station) >= WATCH_HOST_MAX) {
		json_decref(root);
		return err_set(err, ERR_INPUT, "not a post of a hub");
	}
	text_clean(station, strlen(station), post->host, sizeof(post->host));
	if (take_page(root, &post->report, &why) != 0 ||
	    post->report.n + HUB_LINES_MAX > REPORT_LINES_MAX) {
		report_free(&post->report);
		snprintf(post->why, sizeof(post->why), _("not understood: %s"),
		    why.kind != ERR_NONE ? why.text : "too many lines");
	}
	post->heard = post->report.n > 0;
	take_hub(root, &post->report);
	judge_page(root, post, at);
	json_decref(root);
	return 0;
}

/* ---- a picture ------------------------------------------------------------------------ */

int
picture_parse(const char *line, size_t n, struct picture *picture,
    struct err *err)
{
	json_t *root = n <= PICTURE_BYTES_MAX ? json_loadb(line, n,
	    JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *text = text_of(root, "text"), *end = text_of(root, "end");

	*picture = (struct picture){ .end = "" };
	if (text[0] == '\0' && end[0] == '\0') {
		json_decref(root);
		return err_set(err, ERR_INPUT, "not a picture of a screen");
	}
	text_clean(end, strlen(end), picture->end, sizeof(picture->end));
	picture->text = strdup(text);
	picture->styles = strdup(text_of(root, "styles"));
	json_decref(root);
	if (picture->text == NULL || picture->styles == NULL)
		mem_none();
	return 0;
}

/* ---- asking a report ---------------------------------------------------------------- */

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
