/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lists - which lists there are and what their columns mean.
 *
 * The header line of a CSV file decides which list it is: every column it
 * must have is there, and no column that the list does not know. A new list
 * or column is a row at the end of a table here and a field of the answer.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define AT(field) .at = offsetof(struct register_answer, field), \
	.size = sizeof(((struct register_answer *)0)->field)

static const char *const declaration_words[] = {
	"valid", "unsigned", "invalid", "revoked", NULL,
};
static const char *const status_words[] = {
	"F0", "F1", "F2", "F3", "recovered", "deceased", NULL,
};
static const char *const permit_words[] = {
	"valid", "revoked", "invalid", NULL,
};
static const char *const result_words[] = { "negative", "positive", NULL };
static const char *const test_words[] = { "pcr", "antigen", NULL };
static const char *const benefit_words[] = {
	"eligible", "paid", "not-listed", NULL,
};

static const struct column declarations[] = {
	{ .name = "id", .type = COLUMN_ID, .flags = COLUMN_NEEDED },
	{ .name = "declared_at", .type = COLUMN_TIME,
	    .flags = COLUMN_NEEDED | COLUMN_NEWEST, AT(declared_at) },
	{ .name = "from", .type = COLUMN_TEXT, .flags = COLUMN_SEALED,
	    AT(from) },
	{ .name = "to", .type = COLUMN_TEXT, .flags = COLUMN_SEALED, AT(to) },
	{ .name = "origin_zone", .type = COLUMN_NUMBER, .min = 1, .max = 4,
	    AT(origin_zone) },
	{ .name = "destination_zone", .type = COLUMN_NUMBER, .min = 1,
	    .max = 4, AT(destination_zone) },
	{ .name = "symptoms", .type = COLUMN_NUMBER, .min = 0, .max = 99,
	    AT(symptoms) },
	{ .name = "plate", .type = COLUMN_SEEN, AT(plate_agrees) },
	{ .name = "state", .type = COLUMN_WORD, .flags = COLUMN_MAIN,
	    .words = declaration_words, AT(declaration), .absent = "none",
	    .blank = "valid" },
};

static const struct column statuses[] = {
	{ .name = "id", .type = COLUMN_ID, .flags = COLUMN_NEEDED },
	{ .name = "status", .type = COLUMN_WORD,
	    .flags = COLUMN_NEEDED | COLUMN_MAIN, .words = status_words,
	    AT(status), .absent = "none" },
	{ .name = "since", .type = COLUMN_TIME,
	    .flags = COLUMN_NEEDED | COLUMN_NEWEST, AT(status_since) },
	{ .name = "ends", .type = COLUMN_UNTIL, .flags = COLUMN_AFTER,
	    AT(status_ends) },
	{ .name = "source", .type = COLUMN_TEXT, .flags = COLUMN_NEEDED,
	    AT(status_source) },
};

static const struct column permits[] = {
	{ .name = "id", .type = COLUMN_ID, .flags = COLUMN_NEEDED },
	{ .name = "state", .type = COLUMN_WORD,
	    .flags = COLUMN_NEEDED | COLUMN_MAIN, .words = permit_words,
	    AT(permit), .absent = "none" },
	{ .name = "valid_from", .type = COLUMN_TIME, AT(permit_from) },
	{ .name = "valid_to", .type = COLUMN_UNTIL, .flags = COLUMN_AFTER,
	    AT(permit_until) },
	{ .name = "days", .type = COLUMN_DAYS, AT(permit_days) },
	{ .name = "hours", .type = COLUMN_HOURS, AT(permit_minute_from),
	    .until_at = offsetof(struct register_answer,
		permit_minute_until) },
};

static const struct column vehicles[] = {
	{ .name = "plate", .type = COLUMN_PLATE, .flags = COLUMN_NEEDED },
	{ .name = "kind", .type = COLUMN_TEXT, AT(vehicle_kind) },
	{ .name = "green_lane", .type = COLUMN_FLAG, AT(green_lane) },
	{ .name = "wanted", .type = COLUMN_FLAG, AT(vehicle_wanted) },
	{ .name = "group_declared", .type = COLUMN_NUMBER, .min = 0,
	    .max = 99, AT(group_declared) },
};

static const struct column persons[] = {
	{ .name = "id", .type = COLUMN_ID, .flags = COLUMN_NEEDED },
	{ .name = "exempt", .type = COLUMN_TEXT, AT(exempt), .absent = "none",
	    .blank = "none" },
	{ .name = "shipper", .type = COLUMN_FLAG, AT(shipper) },
	{ .name = "wanted", .type = COLUMN_FLAG, AT(wanted) },
	{ .name = "doses", .type = COLUMN_NUMBER, .min = 0, .max = 9,
	    AT(doses) },
	{ .name = "doses_required", .type = COLUMN_NUMBER, .min = 0,
	    .max = 9, AT(doses_required) },
	{ .name = "last_dose", .type = COLUMN_TIME, AT(last_dose_at) },
	{ .name = "recovered", .type = COLUMN_TIME, AT(recovered_at) },
	{ .name = "residence_zone", .type = COLUMN_NUMBER, .min = 1, .max = 4,
	    AT(residence_zone) },
	{ .name = "benefit", .type = COLUMN_WORD, .words = benefit_words,
	    AT(benefit), .absent = "not-listed", .blank = "not-listed" },
};

static const struct column tests[] = {
	{ .name = "id", .type = COLUMN_ID, .flags = COLUMN_NEEDED },
	{ .name = "result", .type = COLUMN_WORD,
	    .flags = COLUMN_NEEDED | COLUMN_MAIN, .words = result_words,
	    AT(test), .absent = "none" },
	{ .name = "kind", .type = COLUMN_WORD, .flags = COLUMN_NEEDED,
	    .words = test_words, AT(test_kind) },
	{ .name = "sampled_at", .type = COLUMN_TIME,
	    .flags = COLUMN_NEEDED | COLUMN_NEWEST, AT(test_sampled_at) },
	{ .name = "result_at", .type = COLUMN_TIME, .flags = COLUMN_AFTER,
	    AT(test_result_at) },
};

const struct list lists[LIST_COUNT] = {
	[LIST_DECLARATIONS] = { "declarations", declarations, nitems(declarations) },
	[LIST_STATUSES] = { "statuses", statuses, nitems(statuses) },
	[LIST_PERMITS] = { "permits", permits, nitems(permits) },
	[LIST_VEHICLES] = { "vehicles", vehicles, nitems(vehicles) },
	[LIST_PERSONS] = { "persons", persons, nitems(persons) },
	[LIST_TESTS] = { "tests", tests, nitems(tests) },
};

/* Columns that exports have and the register does not keep. */
static const char *const ignored[] = { "name", "holder", "note" };

char *
field_trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		text[--len] = '\0';
	return text;
}

static bool
is_ignored(const char *name)
{
	for (size_t i = 0; i < nitems(ignored); i++)
		if (strcasecmp(ignored[i], name) == 0)
			return true;
	return false;
}

/* How far a header fits one list. */
struct fit {
	unsigned given;
	const char *unknown, *missing, *twice;
	size_t known;
	bool enough;
};

static int
find_column(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->ncolumns; i++)
		if (strcasecmp(list->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

static struct fit
fit_list(const struct list *list, const char *const *names, size_t n,
    int column[CSV_FIELDS_MAX])
{
	struct fit fit = { 0 };

	for (size_t i = 0; i < n; i++) {
		int at = find_column(list, names[i]);

		column[i] = FIELD_IGNORED;
		if (at < 0 && is_ignored(names[i]))
			continue;
		if (at < 0) {
			fit.unknown = names[i];
			continue;
		}
		if (fit.given & 1u << at)
			fit.twice = names[i];
		fit.given |= 1u << at;
		fit.known++;
		column[i] = at;
	}
	for (size_t i = 0; i < list->ncolumns; i++)
		if (list->columns[i].flags & COLUMN_NEEDED &&
		    !(fit.given & 1u << i))
			fit.missing = list->columns[i].name;
	/* An id alone says nothing of a person; a plate is known or not. */
	fit.enough = fit.known > 1 || list->columns[0].type == COLUMN_PLATE;
	for (size_t i = 0; i < list->ncolumns; i++)
		if (list->columns[i].flags & COLUMN_MAIN)
			fit.given |= 1u << i;
	return fit;
}

static int
no_list(const struct list *nearest, const struct fit *fit, struct err *err)
{
	char clean[48];

	if (nearest == NULL)
		return err_set(err, ERR_INPUT, _("the first line must name the "
		    "columns of a list, for example: id,status,since,source"));
	if (fit->unknown != NULL) {
		text_clean(fit->unknown, strlen(fit->unknown), clean,
		    sizeof(clean));
		return err_set(err, ERR_INPUT,
		    _("the list %s has no column \"%s\""), nearest->name, clean);
	}
	if (fit->twice != NULL)
		return err_set(err, ERR_INPUT, _("the column \"%s\" is there twice"),
		    fit->twice);
	return err_set(err, ERR_INPUT, _("the list %s needs the column \"%s\""),
	    nearest->name, fit->missing);
}

int
header_parse(char **fields, size_t nfields, struct header *header,
    struct err *err)
{
	const char *names[CSV_FIELDS_MAX];
	const struct list *nearest = NULL;
	struct fit best = { 0 };
	size_t best_score = 0;

	*header = (struct header){ .nfields = nfields };
	for (size_t i = 0; i < nfields; i++)
		names[i] = field_trim(fields[i]);
	for (size_t l = 0; l < LIST_COUNT; l++) {
		int column[CSV_FIELDS_MAX];
		struct fit fit = fit_list(&lists[l], names, nfields, column);
		/* Of two lists, the one that lacks nothing is meant. */
		size_t score = 4 * fit.known + (fit.missing == NULL ? 3 : 0);

		if (fit.known == 0 || !fit.enough)
			continue;
		if (fit.unknown == NULL && fit.missing == NULL &&
		    fit.twice == NULL) {
			header->list = (enum list_number)l;
			header->given = fit.given;
			memcpy(header->column, column, sizeof(column));
			return 0;
		}
		if (score > best_score) {
			best_score = score;
			best = fit;
			nearest = &lists[l];
		}
	}
	return no_list(nearest, &best, err);
}
