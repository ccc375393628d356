/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table - many posts as lines of one table, the worst told by a word and a
 * sign as well as by colour; or one of them with all that it said. Pure.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CELL_MAX 400

static const char *const level_words[] = { N_("well"), N_("attention"),
	N_("FAILING") };
static const char *const level_signs[] = { " ", "!", "X" };
static const char *const level_colours[] = { "", "\033[33m", "\033[31;1m" };

int
post_level(const struct post *post)
{
	const char *state = report_find(&post->report, "state");

	if (!post->reached || strcmp(state, "failing") == 0)
		return 2;
	return strcmp(state, "well") == 0 ? 0 : 1;
}

/* ---- cells: what a column says of a post ------------------------------------------ */

static void
word(const struct post *post, const char *name, char out[CELL_MAX])
{
	snprintf(out, CELL_MAX, "%s", report_find(&post->report, name));
}

static void
cell_post(const struct post *post, char out[CELL_MAX])
{
	word(post, "id", out);
	if (out[0] == '\0')
		snprintf(out, CELL_MAX, "%s", post->host);
}

static void
cell_state(const struct post *post, char out[CELL_MAX])
{
	snprintf(out, CELL_MAX, "%s", !post->asked ? "..." : !post->reached ?
	    _("NO ANSWER") : _(level_words[post_level(post)]));
}

static void
cell_queue(const struct post *post, char out[CELL_MAX])
{
	word(post, "records_waiting", out);
}

/* "41m", "7h", "3d" since a time that ends the value. */
static void
age(const struct post *post, const char *value, char out[CELL_MAX])
{
	const char *last = strrchr(value, ' ');
	int64_t at, now, s;

	out[0] = '\0';
	if (time_parse(last != NULL ? last + 1 : value, 0, &at) != 0 ||
	    (time_parse(report_find(&post->report, "at"), 0, &now) != 0 &&
	    time_parse(report_find(&post->report, "machine_at"), 0, &now) != 0))
		return;
	s = now > at ? now - at : 0;
	if (s < 7200)
		snprintf(out, CELL_MAX, "%" PRId64 "m", s / 60);
	else if (s < 2 * 86400)
		snprintf(out, CELL_MAX, "%" PRId64 "h", s / 3600);
	else
		snprintf(out, CELL_MAX, "%" PRId64 "d", s / 86400);
}

/* "2 open 41m" */
static void
cell_shift(const struct post *post, char out[CELL_MAX])
{
	char since[CELL_MAX], *gap;

	word(post, "shift", out);
	gap = strstr(out, " since ");
	if (gap == NULL)
		return;
	age(post, gap, since);
	snprintf(gap, CELL_MAX - (size_t)(gap - out), " %s", since);
}

static void
cell_unsent(const struct post *post, char out[CELL_MAX])
{
	age(post, report_find(&post->report, "oldest_waiting"), out);
}

static void
cell_devices(const struct post *post, char out[CELL_MAX])
{
	const struct report *r = &post->report;
	int all = 0, good = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (strncmp(r->lines[i].name, "device ", 7) != 0)
			continue;
		all++;
		good += strcmp(r->lines[i].value, "ok") == 0;
	}
	snprintf(out, CELL_MAX, "%d/%d", good, all);
}

static void
cell_pass(const struct post *post, char out[CELL_MAX])
{
	word(post, "verdicts_pass", out);
}

static void
cell_check(const struct post *post, char out[CELL_MAX])
{
	word(post, "verdicts_check", out);
}

static void
cell_stop(const struct post *post, char out[CELL_MAX])
{
	word(post, "verdicts_stop", out);
}

static void
cell_clock(const struct post *post, char out[CELL_MAX])
{
	word(post, "clock", out);
	if (strlen(out) > 4)
		out[4] = '\0'; /* conf, held, unco */
}

/* The oldest list. */
static void
cell_lists(const struct post *post, char out[CELL_MAX])
{
	const struct report *r = &post->report;
	const char *oldest = "";

	for (size_t i = 0; i < r->n; i++) {
		const char *at = strrchr(r->lines[i].value, ' ');

		if (strncmp(r->lines[i].name, "list ", 5) == 0 && at != NULL &&
		    (oldest[0] == '\0' || strcmp(at, oldest) < 0))
			oldest = at;
	}
	age(post, oldest, out);
}

static void
cell_version(const struct post *post, char out[CELL_MAX])
{
	word(post, "version", out);
}

static void
cell_disk(const struct post *post, char out[CELL_MAX])
{
	const char *mb = report_find(&post->report, "disk_free_mb");
	long long n = atoll(mb);

	if (mb[0] == '\0')
		out[0] = '\0';
	else if (n < 10240)
		snprintf(out, CELL_MAX, "%lldM", n);
	else
		snprintf(out, CELL_MAX, "%lldG", n / 1024);
}

static void
cell_battery(const struct post *post, char out[CELL_MAX])
{
	word(post, "battery_percent", out);
	if (out[0] != '\0')
		snprintf(out + strlen(out), CELL_MAX - strlen(out), "%%");
}

static const struct {
	const char *title;
	int width;
	void (*cell)(const struct post *post, char out[CELL_MAX]);
} columns[] = {
	{ N_("POST"), 12, cell_post },
	{ N_("STATE"), 9, cell_state },
	{ N_("QUEUE"), 5, cell_queue },
	{ N_("UNSENT"), 6, cell_unsent },
	{ N_("DEV"), 4, cell_devices },
	{ N_("PASS"), 5, cell_pass },
	{ N_("CHECK"), 5, cell_check },
	{ N_("STOP"), 4, cell_stop },
	{ N_("CLK"), 4, cell_clock },
	{ N_("LISTS"), 5, cell_lists },
	{ N_("DISK"), 5, cell_disk },
	{ N_("BAT"), 4, cell_battery },
	{ N_("VERSION"), 8, cell_version },
	{ N_("SHIFT"), 16, cell_shift },
};

_Static_assert(TABLE_STAY + TABLE_LEFT_MAX < nitems(columns),
    "one column at least is seen");

/* ---- lines ---------------------------------------------------------------------------- */

/* Exactly width columns of text, which is clean. */
static void
pad(FILE *out, const char *text, int width)
{
	char cut[CELL_MAX];
	size_t n = strlen(text), at = 0, good = 0;

	while (at < n && good < sizeof(cut) - 1) {
		size_t next = at;

		utf8_next(text, n, &next);
		memcpy(cut, text, next < sizeof(cut) ? next : 0);
		cut[next < sizeof(cut) ? next : 0] = '\0';
		if (next >= sizeof(cut) || text_columns(cut) > width)
			break;
		good = at = next;
	}
	snprintf(cut, sizeof(cut), "%.*s", (int)good, text);
	fprintf(out, "%s%*s", cut, width - text_columns(cut), "");
}

static void
line(const struct table *t, const struct post *post, bool chosen, FILE *out)
{
	int level = post != NULL && post->asked ? post_level(post) : 0, x = 2;
	bool coloured = t->colour && (chosen || level > 0);

	if (coloured)
		fprintf(out, "%s%s", level_colours[level],
		    chosen ? "\033[7m" : "");
	fprintf(out, "%s ", post == NULL ? " " : chosen && !t->colour ? ">" :
	    level_signs[level]);
	for (size_t i = 0; i < nitems(columns); i++) {
		char text[CELL_MAX] = "";

		if (i >= TABLE_STAY && i < TABLE_STAY + t->left)
			continue;
		if (t->columns > 0 && x + columns[i].width >= t->columns)
			break;
		if (post == NULL)
			snprintf(text, sizeof(text), "%s", _(columns[i].title));
		else if (post->heard || i < 2)
			columns[i].cell(post, text);
		pad(out, text, columns[i].width);
		fputc(' ', out);
		x += columns[i].width + 1;
	}
	fprintf(out, "%s\n", coloured ? "\033[0m" : "");
}

/* Why the posts that are not well are not, one line each. */
static void
reasons(const struct table *t, FILE *out, int rows)
{
	char id[CELL_MAX];

	for (size_t i = 0; i < t->n && (t->rows == 0 || rows > 0); i++) {
		const struct post *post = &t->posts[i];
		const char *why = post->reached ?
		    report_find(&post->report, "findings") : post->why;

		if (!post->asked || post_level(post) == 0)
			continue;
		cell_post(post, id);
		fprintf(out, "%s ", level_signs[post_level(post)]);
		pad(out, id, 12);
		fputc(' ', out);
		if (t->columns > 20)
			pad(out, why, t->columns - 16);
		else
			fprintf(out, "%s", why);
		fputc('\n', out);
		rows--;
	}
}

static void
detail(const struct table *t, FILE *out)
{
	const struct post *post = &t->posts[t->chosen];
	int rows = t->rows > 0 ? t->rows - 3 : 0;
	char why[CELL_MAX + 32];

	fprintf(out, "%s\n", post->host);
	if (!post->reached) {
		snprintf(why, sizeof(why), "%s: %s", _("NO ANSWER"),
		    post->why);
		pad(out, why, t->columns > 0 ? t->columns - 1 : CELL_MAX - 1);
		fputc('\n', out);
	}
	if (!post->reached && post->heard)
		fprintf(out, _("what follows is %lld s old\n"),
		    (long long)(t->now_ms - post->heard_ms) / 1000);
	for (size_t i = t->first; i < post->report.n && (t->rows == 0 ||
	    (int)(i - t->first) < rows); i++) {
		pad(out, post->report.lines[i].name, 24);
		fputc(' ', out);
		pad(out, post->report.lines[i].value, t->columns > 30 ?
		    t->columns - 26 : CELL_MAX / 2);
		fputc('\n', out);
	}
}

void
table_print(const struct table *t, FILE *out)
{
	int rows = t->rows > 0 ? t->rows - 3 : 0, used = 0;
	size_t counts[3] = { 0 };

	if (t->detail) {
		detail(t, out);
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		counts[post_level(&t->posts[i])]++;
	fprintf(out, ngettext(
	    "%zu post: %zu failing, %zu attention, %zu well\n",
	    "%zu posts: %zu failing, %zu attention, %zu well\n", t->n),
	    t->n, counts[2], counts[1], counts[0]);
	line(t, NULL, false, out);
	for (size_t i = t->first; i < t->n && (t->rows == 0 || used < rows);
	    i++, used++)
		line(t, &t->posts[i], t->rows > 0 && i == t->chosen, out);
	reasons(t, out, rows - used - 1);
}
