/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * officers - the list of who may work at this post, and in which role.
 *
 * A spreadsheet's CSV comes in; a file of our own is kept, one officer a
 * line, which is read before anybody has logged in. All or nothing.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_FIRST "chot officers 1"
#define FILE_BYTES_MAX (OFFICERS_MAX * 400 + 64)
#define CSV_BYTES_MAX (1u << 20)

enum { COLUMN_OFFICER_ID, COLUMN_NAME, COLUMN_ROLE, COLUMN_PIN, COLUMN_BADGE,
	COLUMN_COUNT };

static const struct {
	const char *name;
	bool needed;
} columns[COLUMN_COUNT] = {
	[COLUMN_OFFICER_ID] = { "id", true },
	[COLUMN_NAME] = { "name", true },
	[COLUMN_ROLE] = { "role", true },
	[COLUMN_PIN] = { "pin", true },
	[COLUMN_BADGE] = { "badge", false },
};

static const char *const ignored[] = { "note", "unit", "rank", "phone" };

static const char *const roles[] = {
	[OFFICER_PLAIN] = "officer", [OFFICER_LEADER] = "leader",
	[OFFICER_MEDICAL] = "medical",
	[OFFICER_ADMINISTRATOR] = "administrator",
};

const char *
officer_role_word(enum officer_role role)
{
	return roles[role];
}

int
officer_role_parse(const char *word, enum officer_role *role)
{
	for (size_t i = 0; i < nitems(roles); i++) {
		if (strcasecmp(roles[i], word) != 0)
			continue;
		*role = (enum officer_role)i;
		return 0;
	}
	return -1;
}

int
officer_pin_check(const char *pin, struct err *err)
{
	size_t n = strlen(pin), same = 1, run = 1;

	if (n < OFFICER_PIN_MIN || n > OFFICER_PIN_MAX ||
	    pin[strspn(pin, "0123456789")] != '\0')
		return err_set(err, ERR_INPUT, _("a PIN has %d to %d digits"),
		    OFFICER_PIN_MIN, OFFICER_PIN_MAX);
	for (size_t i = 1; i < n; i++) {
		same += pin[i] == pin[0];
		run += pin[i] == pin[i - 1] + 1;
	}
	if (same == n || run == n)
		return err_set(err, ERR_INPUT, _("this PIN is tried first"));
	return 0;
}

/* ---- one officer ------------------------------------------------------------------- */

static int
check_id(const char *text, struct err *err)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._";
	size_t n = strlen(text);

	if (n == 0 || n >= OFFICER_ID_MAX || text[strspn(text, allowed)] != '\0')
		return err_set(err, ERR_INPUT, _("id: letters, digits, '-', '.' "
		    "and '_', at most %d"), OFFICER_ID_MAX - 1);
	return 0;
}

static int
check_name(const char *text, char out[REGISTER_WORD_MAX], struct err *err)
{
	char nfc[2 * REGISTER_WORD_MAX], clean[2 * REGISTER_WORD_MAX];
	size_t n = text_nfc(text, strlen(text), nfc, sizeof(nfc));

	text_clean(nfc, n, clean, sizeof(clean));
	if (n == 0 || n >= REGISTER_WORD_MAX || strcmp(nfc, clean) != 0)
		return err_set(err, ERR_INPUT, _("name: one line of text, at "
		    "most %d bytes"), REGISTER_WORD_MAX - 1);
	strcpy(out, nfc);
	return 0;
}

static int
take_officer(char *const values[COLUMN_COUNT], struct officer *o,
    struct err *err)
{
	unsigned char mark[BADGE_MARK_MAX / 2];
	size_t n = strlen(values[COLUMN_BADGE]);

	memset(o, 0, sizeof(*o));
	if (check_id(values[COLUMN_OFFICER_ID], err) < 0 ||
	    check_name(values[COLUMN_NAME], o->name, err) < 0)
		return -1;
	strcpy(o->id, values[COLUMN_OFFICER_ID]);
	if (officer_role_parse(values[COLUMN_ROLE], &o->role) < 0)
		return err_set(err, ERR_INPUT, _("role: officer, leader, "
		    "medical or administrator"));
	if (!hash_pin_bounded(values[COLUMN_PIN]))
		return err_set(err, ERR_INPUT,
		    _("pin: not as chot key pin prints it"));
	strcpy(o->pin, values[COLUMN_PIN]);
	if (n != 0 && (n != BADGE_MARK_MAX - 1 ||
	    hex_parse(values[COLUMN_BADGE], n, mark, sizeof(mark)) < 0))
		return err_set(err, ERR_INPUT,
		    _("badge: not as chot key badge prints it"));
	for (size_t i = 0; i < n; i++) /* one way to write it */
		o->badge[i] = values[COLUMN_BADGE][i] >= 'A' &&
		    values[COLUMN_BADGE][i] <= 'F' ?
		    (char)(values[COLUMN_BADGE][i] | 0x20) :
		    values[COLUMN_BADGE][i];
	return 0;
}

static struct officer *
find(struct officers *officers, const char *id)
{
	for (size_t i = 0; i < officers->n; i++)
		if (strcasecmp(officers->list[i].id, id) == 0)
			return &officers->list[i];
	return NULL;
}

/* ---- the file of our own ----------------------------------------------------------- */

/* The next of the fields that tabs part. */
static char *
field(char **rest)
{
	static char none[] = "";
	char *at = strsep(rest, "\t");

	return at != NULL ? at : none;
}

static int
take_line(char *line, struct officers *officers, struct err *err)
{
	char *values[COLUMN_COUNT];

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		values[i] = field(&line);
	if (line != NULL || officers->n == OFFICERS_MAX)
		return err_set(err, ERR_SETUP, _("a broken line"));
	if (take_officer(values, &officers->list[officers->n], err) < 0)
		return -1;
	officers->n++;
	return 0;
}

int
officers_load(const char *path, struct officers *officers, struct err *err)
{
	struct err found = { 0 };
	size_t n;
	char *text = file_read(path, FILE_BYTES_MAX, &n, &found), *rest = text;
	char *line;
	int result = 0;

	officers->n = 0;
	if (text == NULL)
		return found.kind == ERR_ABSENT ? 0 :
		    err_set(err, ERR_SETUP, "%s", found.text);
	if (strlen(text) != n || strcmp(line = strsep(&rest, "\n"),
	    FILE_FIRST) != 0)
		result = err_set(err, ERR_SETUP, _("not a list of officers"));
	while (result == 0 && (line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			result = take_line(line, officers, err);
	free(text);
	if (result == 0)
		return 0;
	officers->n = 0;
	return err_within(err, "%s", path);
}

char *
officers_print(const struct officers *officers, size_t *n)
{
	char *text;
	FILE *out = mem_stream(&text, n);

	fprintf(out, FILE_FIRST "\n");
	for (size_t i = 0; i < officers->n; i++) {
		const struct officer *o = &officers->list[i];

		fprintf(out, "%s\t%s\t%s\t%s\t%s\n", o->id, o->name,
		    officer_role_word(o->role), o->pin, o->badge);
	}
	fclose(out);
	return text;
}

static int
save(const char *path, const struct officers *officers, struct err *err)
{
	size_t n;
	char *text = officers_print(officers, &n);
	int result = file_write(path, text, n, 0600, true, err);

	free(text);
	return result;
}

/* ---- CSV ------------------------------------------------------------------------------ */

struct import {
	const char *csv_path;
	struct officers *officers;
	size_t before; /* officers that were there: they may be replaced */
	bool *replaced;
	int column[CSV_FIELDS_MAX];
	size_t nfields; /* 0: the header is still to come */
	bool looks; /* the first line names officers */
	int bad;
	void (*report)(void *arg, const char *line);
	void *arg;
};

static void
complain(struct import *import, int64_t line, const char *words)
{
	char text[ERR_TEXT_MAX + 512];

	if (import->bad++ >= REGISTER_REPORTS_MAX || import->report == NULL)
		return;
	snprintf(text, sizeof(text), "%s:%lld: %s", import->csv_path,
	    (long long)line, words);
	import->report(import->arg, text);
}

static bool
is_ignored(const char *name)
{
	for (size_t i = 0; i < nitems(ignored); i++)
		if (strcasecmp(ignored[i], name) == 0)
			return true;
	return false;
}

static void
take_header(struct import *import, int64_t line, char **fields, size_t n)
{
	bool given[COLUMN_COUNT] = { false };
	char words[160];

	import->nfields = n;
	for (size_t i = 0; i < n; i++) {
		const char *name = field_trim(fields[i]);

		import->column[i] = FIELD_IGNORED;
		for (int c = 0; c < COLUMN_COUNT; c++)
			if (strcasecmp(columns[c].name, name) == 0) {
				import->column[i] = c;
				given[c] = true;
			}
		if (import->column[i] != FIELD_IGNORED || is_ignored(name))
			continue;
		snprintf(words, sizeof(words), _("unknown column: %.100s"), name);
		complain(import, line, words);
	}
	import->looks = given[COLUMN_ROLE] && given[COLUMN_PIN];
	for (int c = 0; c < COLUMN_COUNT; c++) {
		if (given[c] || !columns[c].needed)
			continue;
		snprintf(words, sizeof(words), _("column %s is missing"),
		    columns[c].name);
		complain(import, line, words);
	}
}

static int
put_officer(struct import *import, const struct officer *o, struct err *err)
{
	struct officer *old = find(import->officers, o->id);
	size_t at = old != NULL ? (size_t)(old - import->officers->list) :
	    import->officers->n;

	if (old != NULL && (at >= import->before || import->replaced[at]))
		return err_set(err, ERR_INPUT, _("this id is there twice"));
	for (size_t i = 0; o->badge[0] != '\0' && i < import->officers->n; i++)
		if (i != at && strcmp(import->officers->list[i].badge,
		    o->badge) == 0)
			return err_set(err, ERR_INPUT,
			    _("this badge is another officer's"));
	if (at == OFFICERS_MAX)
		return err_set(err, ERR_INPUT, _("more than %d officers"),
		    OFFICERS_MAX);
	import->officers->list[at] = *o;
	if (old != NULL)
		import->replaced[at] = true;
	else
		import->officers->n++;
	return 0;
}

static void
on_record(void *arg, int64_t line, char **fields, size_t n,
    const char *problem)
{
	struct import *import = arg;
	char none[] = "", *values[COLUMN_COUNT];
	struct officer officer;
	struct err err = { 0 };

	if (problem != NULL) {
		complain(import, line, _(problem));
	} else if (import->nfields == 0) {
		take_header(import, line, fields, n);
	} else if (n != import->nfields) {
		complain(import, line, _("not as many fields as the first line"));
	} else {
		for (int c = 0; c < COLUMN_COUNT; c++)
			values[c] = none;
		for (size_t i = 0; i < n; i++)
			if (import->column[i] != FIELD_IGNORED)
				values[import->column[i]] =
				    field_trim(fields[i]);
		if (take_officer(values, &officer, &err) < 0 ||
		    put_officer(import, &officer, &err) < 0)
			complain(import, line, err.text);
	}
}

static void
on_first(void *arg, int64_t line, char **fields, size_t n,
    const char *problem)
{
	struct import *import = arg;

	if (problem == NULL && import->nfields == 0)
		take_header(import, line, fields, n);
	import->nfields = 1;
}

bool
officers_is(const char *csv_path)
{
	struct import import = { .csv_path = csv_path };
	struct csv csv;
	size_t n;
	char *text = file_read(csv_path, CSV_BYTES_MAX, &n, NULL);

	if (text == NULL) /* too large as well */
		return false;
	csv_init(&csv, on_first, &import);
	csv_push(&csv, text, n);
	csv_end(&csv);
	free(text);
	return import.looks;
}

int
officers_read(const char *name, const char *text, size_t n,
    struct officers *officers, void (*report)(void *arg, const char *line),
    void *arg, struct err *err)
{
	bool replaced[OFFICERS_MAX] = { false };
	struct import import = { .csv_path = name, .officers = officers,
		.before = officers->n, .replaced = replaced, .report = report,
		.arg = arg };
	struct csv csv;

	csv_init(&csv, on_record, &import);
	csv_push(&csv, text, n);
	csv_end(&csv);
	if (import.bad > 0)
		return err_set(err, ERR_INPUT, _("%s: %d lines are wrong; "
		    "nothing was changed"), name, import.bad);
	return officers->n > 0 ? 0 :
	    err_set(err, ERR_INPUT, _("%s: nobody is in it"), name);
}

int
officers_import(const char *csv_path, const char *path, bool add,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	struct officers *officers = calloc(1, sizeof(*officers));
	size_t n;
	char *text = file_read(csv_path, CSV_BYTES_MAX, &n, err);
	int result = -1;

	if (officers == NULL)
		mem_none();
	if (text != NULL &&
	    (!add || officers_load(path, officers, err) == 0) &&
	    officers_read(csv_path, text, n, officers, report, arg,
	    err) == 0 && save(path, officers, err) == 0)
		result = (int)officers->n;
	free(text);
	free(officers);
	return result;
}
