/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * person - who stands at the post: beside reasons, and alone with labels.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define LABEL_COLS 10
#define LABEL_COLS_RIGHT 12
#define DOUBT_LINES 3

struct field {
	const char *label; /* translated */
	const char *value;
	enum style style;
};

/* 12 digits are compared with a card in groups of three. */
static void
group_number(const char *id, char *out, size_t capacity)
{
	if (strlen(id) == 12 && strspn(id, "0123456789") == 12)
		snprintf(out, capacity, "%.3s %.3s %.3s %.3s", id, id + 3,
		    id + 6, id + 9);
	else
		snprintf(out, capacity, "%s", id);
}

static void
birth_text(const struct view_person *person, char *out, size_t capacity)
{
	snprintf(out, capacity, "%s%s%s", person->birth,
	    person->birth[0] != '\0' && person->sex[0] != '\0' ? "  " : "",
	    person->sex);
}

static void
vehicle_text(const struct view_person *person, char *out, size_t capacity)
{
	char number[64] = "";

	if (person->number_aboard > 0)
		snprintf(number, sizeof(number), _("person %d"),
		    person->number_aboard);
	snprintf(out, capacity, "%s%s%s", person->vehicle,
	    person->vehicle[0] != '\0' && number[0] != '\0' ? "   " : "",
	    number);
}

static void
temperature_text(const struct view_person *person, char *out, size_t capacity)
{
	bool number = isdigit((unsigned char)person->temperature[0]) &&
	    person->temperature[strspn(person->temperature,
	    "0123456789,.")] == '\0';

	snprintf(out, capacity, "%s%s", person->temperature,
	    number ? " °C" : "");
}

/* "To Ward 2": a word, then a value; nothing for no value. */
static int
worded(struct canvas *canvas, int y, struct box box, const char *word,
    const char *value)
{
	char text[VIEW_TEXT_MAX + 64];

	if (value[0] == '\0' || y >= box.y + box.h)
		return 0;
	snprintf(text, sizeof(text), "%s %s", word, value);
	canvas_text(canvas, y, box.x, box.w, STYLE_TEXT, text);
	return 1;
}

static int
plain(struct canvas *canvas, int y, struct box box, enum style style,
    const char *value)
{
	if (value[0] == '\0' || y >= box.y + box.h)
		return 0;
	canvas_text(canvas, y, box.x, box.w, style, value);
	return 1;
}

/* Two values that disagree want a second line. */
static int
doubt(struct canvas *canvas, int y, struct box box, const char *words)
{
	struct box lines = { y, box.x, box.y + box.h - y, box.w };

	if (words[0] == '\0' || lines.h <= 0)
		return 0;
	if (lines.h > DOUBT_LINES)
		lines.h = DOUBT_LINES;
	return canvas_wrap(canvas, lines, STYLE_WARN, words);
}

void
person_column(struct canvas *canvas, struct box box,
    const struct view_person *person)
{
	enum style warmth = person->temperature_doubt ? STYLE_WARN :
	    STYLE_STRONG;
	char text[VIEW_TEXT_MAX], warm[128];
	int y = box.y, at;

	if (!person->present)
		return;
	y += plain(canvas, y, box, STYLE_STRONG, person->name);
	group_number(person->id, text, sizeof(text));
	y += plain(canvas, y, box, STYLE_STRONG, text);
	birth_text(person, text, sizeof(text));
	temperature_text(person, warm, sizeof(warm));
	at = y;
	y += plain(canvas, y, box, STYLE_TEXT, text);
	if (canvas_columns(text) + canvas_columns(warm) + 2 > box.w || y == at)
		y += plain(canvas, y, box, warmth, warm);
	else if (warm[0] != '\0')
		canvas_right(canvas, at, box.x, box.w, warmth, warm);
	for (size_t i = 0; i < person->nwarnings && i < VIEW_WARNINGS_MAX; i++)
		y += doubt(canvas, y, box, person->warnings[i]);
	y += worded(canvas, y, box, _("From"), person->from);
	y += worded(canvas, y, box, _("To"), person->to);
	if (person->from[0] == '\0' && person->to[0] == '\0')
		y += plain(canvas, y, box, STYLE_TEXT, person->address);
	vehicle_text(person, text, sizeof(text));
	y += plain(canvas, y, box, STYLE_TEXT, text);
	plain(canvas, y, box, STYLE_LABEL, person->document);
}

static void
fields_draw(struct canvas *canvas, struct box box, int label_cols,
    const struct field *fields, size_t n)
{
	int y = box.y;

	for (size_t i = 0; i < n; i++) {
		if (fields[i].value[0] == '\0' || y >= box.y + box.h)
			continue;
		canvas_text(canvas, y, box.x, label_cols - 1, STYLE_LABEL,
		    fields[i].label);
		canvas_text(canvas, y, box.x + label_cols,
		    box.w - label_cols, fields[i].style, fields[i].value);
		y++;
	}
}

void
person_columns(struct canvas *canvas, struct box box,
    const struct view_person *person)
{
	char id[96], birth[64], vehicle[160], warm[128];
	struct field left[] = {
		{ _("Name"), person->name, STYLE_STRONG },
		{ person->id_label[0] != '\0' ? person->id_label : _("ID"),
		    id, STYLE_STRONG },
		{ _("Born"), birth, STYLE_STRONG },
		{ _("From"), person->from, STYLE_TEXT },
		{ _("To"), person->to, STYLE_TEXT },
		{ _("Vehicle"), vehicle, STYLE_TEXT },
		{ _("Document"), person->document, STYLE_TEXT },
		{ _("Address"), person->address, STYLE_TEXT },
	};
	struct field right[] = {
		{ _("Temperature"), warm, person->temperature_doubt ?
		    STYLE_WARN : STYLE_STRONG },
		{ _("Declaration"), person->declaration, STYLE_TEXT },
		{ _("Status"), person->status, STYLE_TEXT },
		{ _("Permit"), person->permit, STYLE_TEXT },
		{ _("Last seen"), person->last_seen, STYLE_TEXT },
		{ _("Compare"), person->nwarnings > 0 ?
		    person->warnings[0] : "", STYLE_WARN },
	};
	int half = box.w * 11 / 20;

	if (!person->present)
		return;
	group_number(person->id, id, sizeof(id));
	birth_text(person, birth, sizeof(birth));
	vehicle_text(person, vehicle, sizeof(vehicle));
	temperature_text(person, warm, sizeof(warm));
	fields_draw(canvas, (struct box){ box.y, box.x + 1, box.h, half - 3 },
	    LABEL_COLS, left, nitems(left));
	fields_draw(canvas, (struct box){ box.y, box.x + half, box.h,
	    box.w - half - 1 }, LABEL_COLS_RIGHT, right, nitems(right));
}
