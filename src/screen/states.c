/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * states - the line below the name of the post: what is wrong, what was
 * accepted, the network, how old the lists are, the clock, the battery.
 *
 * Where it gets too long, texts become brief and fields go, in an order that
 * a table says. How old the lists are and the state of the clock stay always:
 * a verdict rests on them.
 */
#include "parts.h"

#include <string.h>

#define DATA_WARN_H 24.0
#define DATA_BAD_H 48.0
#define BATTERY_WARN 20
#define BETWEEN 3    /* columns: a line and its margins */
#define CUT_LEAST 8  /* columns of a text that is cut */

enum kind { WATCHED, TRAINING, SURGE, TROUBLE, MORE, UNKNOWN_CLOCK, DOUBT,
	LINK, DATA, CLOCK, BATTERY };

struct field {
	enum kind kind;
	enum style style;
	bool gone;
	char text[VIEW_TEXT_MAX];
};

#define STATES_MAX (VIEW_TROUBLES_MAX + 11)

struct states {
	const struct view *view;
	struct field list[STATES_MAX];
	size_t n;
};

/* ---- what there is to say ------------------------------------------------------- */

static void
add(struct states *s, enum kind kind, enum style style, const char *text)
{
	if (text[0] == '\0' || s->n == STATES_MAX)
		return;
	s->list[s->n] = (struct field){ .kind = kind, .style = style };
	snprintf(s->list[s->n++].text, VIEW_TEXT_MAX, "%s", text);
}

static void
add_troubles(struct states *s)
{
	const struct view *view = s->view;

	for (size_t i = 0; i < view->ntroubles && i < VIEW_TROUBLES_MAX; i++)
		add(s, i == 0 ? TROUBLE : MORE, STYLE_STATE_BAD,
		    view->troubles[i]);
}

static void
add_link(struct states *s)
{
	const struct view *view = s->view;
	bool down = view->link_down_min >= 0;
	long waiting = view->queue_waiting > 0 ? (long)view->queue_waiting : 0;
	char text[VIEW_TEXT_MAX];

	if (view->link_down_min == -2)
		return; /* a post without a hub has no link to miss */
	if (down)
		snprintf(text, sizeof(text), _("OFFLINE %ld min, %ld to send"),
		    (long)view->link_down_min, waiting);
	else if (waiting > 0)
		snprintf(text, sizeof(text), _("online, %ld to send"), waiting);
	else
		snprintf(text, sizeof(text), "%s", _("online"));
	add(s, LINK, down ? STYLE_STATE_WARN : STYLE_STATE, text);
}

static void
add_data(struct states *s)
{
	double age = s->view->register_age_h;
	char text[64];

	if (age < 0) {
		add(s, DATA, STYLE_STATE_WARN, _("no lists"));
		return;
	}
	if (age < DATA_BAD_H)
		snprintf(text, sizeof(text), _("data %.0f h old"), age);
	else if (age < 24 * 365)
		snprintf(text, sizeof(text), _("data %.0f days old"), age / 24);
	else
		snprintf(text, sizeof(text), "%s", _("data very old"));
	add(s, DATA, age >= DATA_BAD_H ? STYLE_STATE_BAD : age >= DATA_WARN_H ?
	    STYLE_STATE_WARN : STYLE_STATE, text);
}

static void
add_battery(struct states *s)
{
	const struct view *view = s->view;
	char text[96];
	int n;

	if (view->battery_percent < 0)
		return;
	n = snprintf(text, sizeof(text), _("battery %d%%"),
	    view->battery_percent);
	if (view->mains && n > 0 && (size_t)n < sizeof(text))
		snprintf(text + n, sizeof(text) - (size_t)n, ", %s",
		    _("on mains"));
	add(s, BATTERY, view->battery_percent <= BATTERY_WARN && !view->mains ?
	    STYLE_STATE_WARN : STYLE_STATE, text);
}

static void
collect(struct states *s, const char *training)
{
	const struct view *view = s->view;
	char text[64] = "";

	add(s, WATCHED, STYLE_STATE_BAD, view->watched); /* always told */
	add(s, TRAINING, STYLE_STATE_WARN, training);
	if (view->surge_min > 0)
		snprintf(text, sizeof(text), _("Surge, %d min left"),
		    view->surge_min);
	add(s, SURGE, STYLE_STATE_WARN, text);
	add_troubles(s);
	if (view->clock == CLOCK_UNCONFIRMED)
		add(s, UNKNOWN_CLOCK, STYLE_STATE_WARN,
		    _("Clock unknown: O confirms the time"));
	add(s, DOUBT, STYLE_STATE_WARN, view->doubt);
	add_link(s);
	add_data(s);
	if (view->clock != CLOCK_UNCONFIRMED)
		add(s, CLOCK, STYLE_STATE, view->clock == CLOCK_HELD ?
		    _("Clock held") : _("Clock confirmed"));
	add_battery(s);
}

/* ---- making it fit ------------------------------------------------------------------ */

static size_t
hidden_troubles(const struct states *s)
{
	size_t n = s->view->ntroubles < VIEW_TROUBLES_MAX ? 0 :
	    s->view->ntroubles - VIEW_TROUBLES_MAX;

	for (size_t i = 0; i < s->n; i++)
		n += s->list[i].kind == MORE && s->list[i].gone;
	return n;
}

/* "+2": troubles that have no room. */
static int
plus_text(const struct states *s, char out[24])
{
	size_t n = hidden_troubles(s);

	out[0] = '\0';
	return n == 0 ? 0 : snprintf(out, 24, "+%zu", n > 99 ? (size_t)99 : n);
}

static int
width(const struct states *s)
{
	char plus[24];
	int columns = plus_text(s, plus), n = columns > 0;

	for (size_t i = 0; i < s->n; i++)
		if (!s->list[i].gone) {
			columns += canvas_columns(s->list[i].text);
			n++;
		}
	return n > 0 ? columns + (n - 1) * BETWEEN : 0;
}

/* How a field gives way: without its number, up to a mark, by its brief
 * words, wholly (a battery that is low at last), or cut. */
enum way { NUMBER, COMMA, MARK, BRIEF, DROP, CUT, LAST };

static const struct {
	enum kind kind;
	enum way way;
} steps[] = {
	{ BATTERY, COMMA }, { BATTERY, DROP }, { LINK, NUMBER },
	{ DOUBT, BRIEF }, { LINK, MARK }, { MORE, DROP },
	{ UNKNOWN_CLOCK, MARK }, { LINK, DROP }, { TROUBLE, CUT },
	{ WATCHED, CUT }, { SURGE, MARK },
	{ DOUBT, CUT }, { TRAINING, DROP }, { TROUBLE, DROP },
	{ BATTERY, LAST },
};

/* "OFFLINE 12 min, 37 to send" to "OFFLINE, 37 to send". */
static void
without_number(struct field *field)
{
	size_t n = strcspn(field->text, "0123456789");
	char *comma = strchr(field->text, ',');

	if (comma == NULL || field->text + n >= comma)
		return;
	while (n > 0 && field->text[n - 1] == ' ')
		n--;
	memmove(field->text + n, comma, strlen(comma) + 1);
}

/* "Surge, 12 min left" up to the first of these marks. */
static void
up_to(struct field *field, const char *marks)
{
	size_t n = strcspn(field->text, marks);

	while (n > 0 && field->text[n - 1] == ' ')
		n--;
	if (n > 0)
		field->text[n] = '\0';
}

/* Columns too many go from its end, and three dots say so. */
static void
cut(struct field *field, int too_many)
{
	int keep = canvas_columns(field->text) - too_many - 1;
	size_t n = strlen(field->text);

	if (too_many <= 0)
		return;
	if (keep < CUT_LEAST - 1)
		keep = CUT_LEAST - 1;
	if (keep + 1 >= canvas_columns(field->text))
		return;
	while (n > 0 && canvas_columns(field->text) > keep) {
		do
			n--;
		while (n > 0 && ((unsigned char)field->text[n] & 0xC0) == 0x80);
		field->text[n] = '\0';
	}
	while (n > 0 && field->text[n - 1] == ' ')
		field->text[--n] = '\0';
	snprintf(field->text + n, VIEW_TEXT_MAX - n, "…");
}

static void
give_way(struct states *s, struct field *field, enum way way, int too_many)
{
	switch (way) {
	case NUMBER:
		without_number(field);
		break;
	case COMMA:
		up_to(field, ",");
		break;
	case MARK:
		up_to(field, ":,0123456789");
		break;
	case BRIEF:
		if (s->view->doubt_brief[0] != '\0')
			snprintf(field->text, VIEW_TEXT_MAX, "%s",
			    s->view->doubt_brief);
		break;
	case DROP:
		field->gone = field->kind != BATTERY ||
		    field->style == STYLE_STATE;
		break;
	case LAST:
		field->gone = true;
		break;
	case CUT:
		cut(field, too_many);
		break;
	}
}

static void
fit(struct states *s, int columns)
{
	for (size_t i = 0; i < nitems(steps); i++)
		for (size_t j = s->n; j-- > 0;) {
			int too_many = width(s) - columns;

			if (too_many <= 0)
				return;
			if (s->list[j].kind == steps[i].kind &&
			    !s->list[j].gone)
				give_way(s, &s->list[j], steps[i].way,
				    too_many);
		}
}

/* ---- drawing ---------------------------------------------------------------------------- */

static int
field_draw(struct canvas *canvas, int y, int x, enum style style,
    const char *text)
{
	bool marked = style != STYLE_STATE;
	int end = canvas->cols - 1;

	if (x > 1 && x + 1 + BETWEEN < end) {
		canvas_cell(canvas, y, x + 1, CODE_DOWN, STYLE_STATE);
		x += BETWEEN;
	}
	if (x >= end)
		return x;
	if (marked) /* a coloured field has a margin */
		canvas_cell(canvas, y, x - 1, ' ', style);
	x += canvas_text(canvas, y, x, end - x, style, text);
	if (marked)
		canvas_cell(canvas, y, x, ' ', style);
	return x;
}

void
states_draw(struct canvas *canvas, int y, const struct view *view,
    const char *training)
{
	struct states s = { .view = view };
	char plus[24];
	int x = 1;

	canvas_fill(canvas, (struct box){ y, 0, 1, canvas->cols }, ' ',
	    STYLE_STATE);
	collect(&s, training);
	fit(&s, canvas->cols - 2);
	for (size_t i = 0; i < s.n; i++) {
		if (!s.list[i].gone)
			x = field_draw(canvas, y, x, s.list[i].style,
			    s.list[i].text);
		/* Behind the last that is told of them. */
		if ((s.list[i].kind == TROUBLE || s.list[i].kind == MORE) &&
		    (i + 1 == s.n || s.list[i + 1].kind != MORE) &&
		    plus_text(&s, plus) > 0)
			x = field_draw(canvas, y, x, STYLE_STATE_BAD, plus);
	}
}
