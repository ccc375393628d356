/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window - what opens over a page: a typed line, a list, help, details.
 *
 * With a verdict on the screen a window stays below its field.
 */
#include "parts.h"

#include <string.h>

#define FORM_ROWS 6
#define FORM_COLS 64
#define FIELDS_COLS 74
#define FIELD_LABEL_COLS 22

struct box
window_open(struct canvas *canvas, struct box box, const char *title)
{
	char text[VIEW_TEXT_MAX + 8];

	canvas_fill(canvas, box, ' ', STYLE_WINDOW);
	canvas_frame(canvas, box, STYLE_WINDOW);
	snprintf(text, sizeof(text), " %s ", title);
	canvas_text(canvas, box.y, box.x + 2, box.w - 4, STYLE_WINDOW_TITLE,
	    text);
	return (struct box){ box.y + 1, box.x + 2, box.h - 2, box.w - 4 };
}

struct box
window_place(const struct layout *at, const struct view *view, int h, int w)
{
	struct box area = { 3, 2, at->rows - 7, at->cols - 4 };

	if (view->lane.phase == PHASE_VERDICT)
		return at->body; /* all of it: halves of lines are noise */
	h = h < area.h ? h : area.h;
	w = w < area.w ? w : area.w;
	return (struct box){ area.y + (area.h - h) / 2,
		area.x + (area.w - w) / 2, h, w };
}

/* Where rows are short: the caption's too. */
void
window_stretch(struct box *box, int rows)
{
	if (rows > box->h - 2 && box->y > 3) {
		box->y--;
		box->h++;
	}
}

/* ---- the typed line -------------------------------------------------------------- */

/* '_' in a mask stands for a typed character: "___ ___ ___ ___". */
static void
masked(const char *mask, const char *typed, char *out, size_t capacity)
{
	size_t n = 0;

	for (; *mask != '\0' && n + 1 < capacity; mask++)
		out[n++] = *mask == '_' && *typed != '\0' ? *typed++ : *mask;
	out[n] = '\0';
}

static void
typed_text(const struct view *view, char *out, size_t capacity)
{
	const struct form *form = &view->form;
	struct calendar now = calendar_at(view->at, view->utc_offset_s);

	switch (form->kind) {
	case FORM_NUMBER:
		masked("___ ___ ___ ___", form->text, out, capacity);
		return;
	case FORM_TEMPERATURE: /* a comma or a point, by language */
		masked(view->language == LANGUAGE_VI ? "__,_" : "__._",
		    form->text, out, capacity);
		return;
	case FORM_CLOCK:
		if (form->text[0] != '\0')
			masked("__:__  __/__/____", form->text, out, capacity);
		else
			snprintf(out, capacity, "%02d:%02d  %02d/%02d/%04d ?",
			    now.hour, now.minute, now.day, now.month,
			    now.year);
		return;
	case FORM_MINUTES: /* FALLTHROUGH */
	case FORM_SEARCH: /* FALLTHROUGH */
	case FORM_INSIDE: /* FALLTHROUGH */
	case FORM_PLATE: /* FALLTHROUGH */
	case FORM_NONE:
		snprintf(out, capacity, "%s_", form->text);
	}
}

static void
form_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	struct box box = window_place(at, view, FORM_ROWS, FORM_COLS);
	struct box in = window_open(canvas, box, word_form(view->form.kind));
	int y = in.y + 1, w = in.w - 4;
	char text[64];

	typed_text(view, text, sizeof(text));
	canvas_fill(canvas, (struct box){ y, in.x + 2, 1, w }, ' ',
	    STYLE_INPUT);
	canvas_text(canvas, y, in.x + 3, w - 2, STYLE_INPUT, text);
	if (view->form.problem[0] != '\0')
		canvas_text(canvas, y + 1, in.x + 2, w, STYLE_WARN,
		    view->form.problem);
}

/* ---- several lines ---------------------------------------------------------------- */

/* A value as it is read back; masks show what is still to come. */
static void
field_text(const struct field_info *info, const char *value, bool here,
    char *out, size_t capacity)
{
	const char *chosen = info->kind == FIELD_CHOICE ?
	    field_choice_text(info, value) : "";
	size_t n = strlen(value);

	if (info->kind == FIELD_DATE && (here || n == 8))
		masked("__/__/____", value, out, capacity);
	else if (info->kind == FIELD_TIME && (here || n > 0))
		masked(n > 4 ? "__:__  __/__" : "__:__", value, out, capacity);
	else if (info->kind == FIELD_NUMBER && n == 12 &&
	    strspn(value, "0123456789") == n)
		masked("___ ___ ___ ___", value, out, capacity);
	else
		snprintf(out, capacity, "%s%s", info->kind == FIELD_CHOICE ?
		    chosen : value, here && info->kind != FIELD_CHOICE ?
		    "_" : "");
}

static void
choices_text(const struct field_info *info, char *out, size_t capacity)
{
	size_t n = 0;

	for (size_t i = 0; i < FIELD_CHOICES_MAX &&
	    info->choices[i].word != NULL && n < capacity; i++)
		n += (size_t)snprintf(out + n, capacity - n, "%s%zu %s",
		    i > 0 ? "  " : "", i + 1, _(info->choices[i].text));
}

static void
field_line(struct canvas *canvas, struct box line, const struct fields *fields,
    size_t i)
{
	const struct field_info *info = &fields->list[i];
	bool here = i == fields->at;
	enum style style = here ? STYLE_INPUT : STYLE_WINDOW;
	int width = line.w - FIELD_LABEL_COLS;
	char text[VIEW_TEXT_MAX];

	canvas_text(canvas, line.y, line.x, FIELD_LABEL_COLS - 1,
	    here ? STYLE_WINDOW_KEY : STYLE_WINDOW, _(info->label));
	if (here)
		canvas_fill(canvas, (struct box){ line.y, line.x +
		    FIELD_LABEL_COLS, 1, width }, ' ', style);
	field_text(info, fields->values[i], here, text, sizeof(text));
	/* The end is what is being typed. */
	if (here && canvas_columns(text) > width - 2)
		canvas_right(canvas, line.y, line.x + FIELD_LABEL_COLS + 1,
		    width - 2, style, text);
	else
		canvas_text(canvas, line.y, line.x + FIELD_LABEL_COLS + 1,
		    width - 2, style, text);
}

static void
fields_foot(struct canvas *canvas, struct box line, const struct fields *fields)
{
	const struct field_info *info = &fields->list[fields->at];
	char text[VIEW_TEXT_MAX];

	if (fields->problem[0] != '\0') {
		snprintf(text, sizeof(text), " %s ", fields->problem);
		canvas_text(canvas, line.y, line.x, line.w, STYLE_WARN, text);
	} else if (info->kind == FIELD_CHOICE) {
		choices_text(info, text, sizeof(text));
		canvas_text(canvas, line.y, line.x, line.w, STYLE_WINDOW,
		    text);
	} else if (fields_shown(fields) < fields->n) {
		canvas_text(canvas, line.y, line.x, line.w, STYLE_WINDOW,
		    _("Tab: more fields, all of them may stay blank"));
	}
}

static void
fields_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	static const char *const methods[] = { [COMPOSE_OFF] = "",
		[COMPOSE_TELEX] = " (Telex)", [COMPOSE_VNI] = " (VNI)" };
	const struct fields *fields = &view->fields;
	size_t n = fields_shown(fields), first = 0;
	char title[VIEW_TEXT_MAX];
	struct box in;

	if (n == 0)
		return;
	snprintf(title, sizeof(title), "%s%s", _(fields->title),
	    methods[fields->compose.method]);
	in = window_open(canvas, window_place(at, view, (int)n + 4, FIELDS_COLS), title);
	if ((int)fields->at >= in.h - 1) /* the cursor stays in sight */
		first = fields->at - (size_t)(in.h - 2);
	for (size_t i = first; i < n && (int)(i - first) < in.h - 1; i++)
		field_line(canvas, (struct box){ in.y + (int)(i - first), in.x,
		    1, in.w }, fields, i);
	fields_foot(canvas, (struct box){ in.y + in.h - 1, in.x, 1, in.w },
	    fields);
}

/* ---- lists ---------------------------------------------------------------------------- */

static void
choice_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	size_t n = view->nchoices < VIEW_CHOICES_MAX ? view->nchoices :
	    VIEW_CHOICES_MAX;
	int columns = (int)n + 2 > at->body.h ? 2 : 1;
	int rows = ((int)n + columns - 1) / columns, width;
	struct box in = window_open(canvas, window_place(at, view, rows + 2, columns *
	    36), view->choice_title);

	width = in.w / columns;
	for (size_t i = 0; i < n; i++) {
		int y = in.y + (int)i % rows;
		int x = in.x + (int)i / rows * width;
		char digit[4] = { ' ', (char)('1' + i), ' ', '\0' };

		if (y >= in.y + in.h)
			continue;
		canvas_text(canvas, y, x, 3, STYLE_WINDOW_KEY, digit);
		canvas_text(canvas, y, x + 4, width - 5, STYLE_WINDOW,
		    view->choices[i]);
	}
}

/* Where line i goes when the one before it left off at slot `at`: lines that
 * belong together begin a column anew rather than be torn. */
static int
detail_slot(const struct view *view, size_t i, int at, int rows)
{
	int keep = view->detail_keep[i];

	return keep <= rows && at % rows + keep > rows ?
	    (at / rows + 1) * rows : at;
}

static int
detail_slots(const struct view *view, size_t n, int rows)
{
	int at = 0;

	for (size_t i = 0; i < n; i++)
		at = detail_slot(view, i, at, rows) + 1;
	return at;
}

static void
detail_title(const struct view *view, int page, int pages, char *out,
    size_t capacity)
{
	if (view->window == WINDOW_DEVICES)
		snprintf(out, capacity, "%s", _("Devices"));
	else if (pages == 1)
		snprintf(out, capacity, "%s", _("What the verdict rests on"));
	else
		snprintf(out, capacity, _("%s, page %d of %d: X"),
		    _("What the verdict rests on"), page + 1, pages);
}

static void
detail_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	size_t n = view->ndetail < nitems(view->detail) ? view->ndetail :
	    nitems(view->detail);
	struct box box = window_place(at, view, at->rows, at->cols), in;
	int rows = box.h - 2, slots = detail_slots(view, n, rows);
	int columns = slots > rows ? 2 : 1, slot = -1;
	int pages = (slots + rows * columns - 1) / (rows * columns), page;
	char title[VIEW_TEXT_MAX];
	int width;

	page = pages > 0 ? view->detail_page % pages : 0;
	detail_title(view, page, pages > 0 ? pages : 1, title, sizeof(title));
	in = window_open(canvas, box, title);
	width = in.w / columns;
	for (size_t i = 0; i < n; i++) {
		slot = detail_slot(view, i, slot + 1, rows);
		if (slot / (rows * columns) == page)
			canvas_text(canvas, in.y + slot % rows,
			    in.x + slot / rows % columns * width,
			    width - columns + 1, STYLE_WINDOW,
			    view->detail[i]);
	}
}

static void
waiting_window(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	struct box in = window_open(canvas, window_place(at, view, VIEW_WAITING_MAX + 4,
	    48), _("Waiting for a second reading"));

	in.y++;
	if (view->nwaiting == 0)
		canvas_text(canvas, in.y, in.x, in.w, STYLE_WINDOW,
		    _("Nobody waits."));
	for (size_t i = 0; i < view->nwaiting; i++) {
		char digit[4] = { ' ', (char)('1' + i), ' ', '\0' };

		canvas_text(canvas, in.y + (int)i, in.x, 3, STYLE_WINDOW_KEY,
		    digit);
	}
	waiting_draw(canvas, (struct box){ in.y, in.x + 4, in.h - 1,
	    in.w - 4 }, view);
}

static void
help_window(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	struct box box = window_place(at, view, at->rows, at->cols);
	int columns = box.w - 4 >= HELP_WIDE_COLS ? 2 : 1;

	window_stretch(&box, help_rows(view, columns));
	help_draw(canvas, window_open(canvas, box, _("Keys")), view);
}

static void
found_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	struct box in = window_open(canvas, (struct box){ 3, 0, at->rows - 7,
	    at->cols }, _("Found in this shift"));

	if (view->nfound == 0)
		canvas_text(canvas, in.y, in.x, in.w, STYLE_WINDOW,
		    _("Nobody: the shift's memory begins with the start"));
	for (size_t i = 0; i < view->nfound && (int)i < in.h; i++)
		recent_line(canvas, in.y + (int)i, in.w, STYLE_WINDOW, view,
		    &view->found[i]);
}

void
window_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view)
{
	switch (view->window) {
	case WINDOW_NONE: break;
	case WINDOW_FORM: form_draw(canvas, at, view); break;
	case WINDOW_CHART:
		chart_draw(canvas, window_open(canvas, (struct box){ 3, 0,
		    at->rows - 6, at->cols }, _("This shift in charts")),
		    view);
		break;
	case WINDOW_FOUND: found_draw(canvas, at, view); break;
	case WINDOW_FIELDS: fields_draw(canvas, at, view); break;
	case WINDOW_CHOICE: choice_draw(canvas, at, view); break;
	case WINDOW_WAITING: waiting_window(canvas, at, view); break;
	case WINDOW_PANEL: panel_draw(canvas, at, view); break;
	case WINDOW_DEVICES:
	case WINDOW_DETAIL: detail_draw(canvas, at, view); break;
	case WINDOW_HELP: help_window(canvas, at, view); break;
	}
}
