/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen - what the modules of the room share.
 *
 * Views are drawn by pages into a canvas of cells: pure, so that it can be
 * compared as text. Only draw.c knows a terminal (ncurses). Bytes typed go
 * through keys.c, which knows no terminal either.
 */
#ifndef SCREEN_PARTS_H
#define SCREEN_PARTS_H

#include "screen.h"

#define SCREEN_COLS 80 /* the least that all pages are made for */
#define SCREEN_ROWS 24

#define CODE_FULL 0x2588    /* a filled cell: big letters and zones */
#define CODE_ELLIPSIS 0x2026
#define CODE_ACROSS 0x2500
#define CODE_DOWN 0x2502

/* ---- styles and themes ------------------------------------------------------ */

enum style { /* the order of styles[] in styles.c */
	STYLE_TEXT, STYLE_LABEL, STYLE_STRONG, STYLE_LINE,
	STYLE_HEADER, STYLE_MARK,
	STYLE_STATE, STYLE_STATE_WARN, STYLE_STATE_BAD,
	STYLE_GOOD, STYLE_WARN, STYLE_BAD,
	STYLE_KEYBAR, STYLE_KEY,
	STYLE_PASS, STYLE_CHECK, STYLE_STOP, STYLE_STOP_CAPTION,
	STYLE_INVITE, STYLE_READY,
	STYLE_WINDOW, STYLE_WINDOW_TITLE, STYLE_WINDOW_KEY, STYLE_INPUT,
	STYLE_COUNT
};

enum depth { DEPTH_8, DEPTH_16, DEPTH_256, DEPTHS };

#define COLOUR_DEFAULT (-1)

struct look {
	int fg, bg; /* 0 to 255, or COLOUR_DEFAULT */
	bool bold, reverse;
};

struct style_info {
	const char *name;
	char letter;         /* in the styles of screen_text() */
	const char *colours; /* theme daylight, as a line of a theme file */
	const char *plain;   /* theme mono */
	const char *help;
};

struct theme {
	struct look looks[STYLE_COUNT][DEPTHS];
};

const struct style_info *style_info(enum style style);
/* The two themes that are built in: daylight, or mono. */
void theme_init(struct theme *theme, bool mono);
/* "STYLE = LOOK | LOOK | LOOK"; comments and empty lines are allowed. */
int theme_line(struct theme *theme, const char *line, struct err *err);
int theme_parse(struct theme *theme, const char *text, const char *name,
    struct err *err);
/*
 * Load by name, "" for daylight, from $CHOT_DATA/themes or where themes are
 * installed. NO_COLOR in the environment makes it mono. A theme that is
 * missing or broken leaves the built-in one, and err says why.
 */
int theme_load(struct theme *theme, const char *name, struct err *err);

/* ---- canvas ------------------------------------------------------------------- */

#define CANVAS_COLS_MAX 512
#define CANVAS_ROWS_MAX 256

struct cell {
	uint32_t code; /* 0: the right half of a wide character */
	unsigned char style;
};

struct canvas {
	int cols, rows;
	struct cell *cells;
};

struct box {
	int y, x, h, w;
};

/* Sizes are brought into 1 to the maximum. */
struct canvas *canvas_new(int cols, int rows);
void canvas_free(struct canvas *canvas); /* NULL is allowed */
/* All of these leave out what lies beyond the canvas. */
void canvas_cell(struct canvas *canvas, int y, int x, uint32_t code,
    enum style style);
void canvas_fill(struct canvas *canvas, struct box box, uint32_t code,
    enum style style);
void canvas_frame(struct canvas *canvas, struct box box, enum style style);
void canvas_across(struct canvas *canvas, int y, int x, int w,
    enum style style);
/* Clean text in at most width columns; what does not fit ends in "...".
 * Returns the columns used. Frames and filled cells in a text become '?':
 * nobody outside draws our signs. */
int canvas_text(struct canvas *canvas, int y, int x, int width,
    enum style style, const char *text);
/* The same, ending at column x + width - 1. Returns where it begins. */
int canvas_right(struct canvas *canvas, int y, int x, int width,
    enum style style, const char *text);
int canvas_centre(struct canvas *canvas, int y, int x, int width,
    enum style style, const char *text);
/* Break text at spaces into the box. Returns the rows used. */
int canvas_wrap(struct canvas *canvas, struct box box, enum style style,
    const char *text);
/* Columns that canvas_text() would need; rows that canvas_wrap() would. */
int canvas_columns(const char *text);
int canvas_wrapped(int width, const char *text);

/* ---- copy: a canvas as text and back -------------------------------------------- */

/* Rows ended by line feeds, as screen_text() gives them; free() both. */
char *canvas_print(const struct canvas *canvas, char **styles);
/* Draw such a text, of whatever size and from whomever. */
void canvas_scan(struct canvas *canvas, const char *text, const char *styles);

/* ---- big text --------------------------------------------------------------------- */

#define BIG_ROWS 10      /* the least height: 7 for the letter, 3 for marks */
#define BIG_LETTER_ROWS 7
#define BIG_COLS_MAX 512

/* A capital without its marks, drawn in '#' and ' '. */
struct glyph {
	char letter;
	const char *rows[BIG_LETTER_ROWS];
};

enum shape { SHAPE_NONE, SHAPE_CIRCUMFLEX, SHAPE_BREVE, SHAPE_HORN, SHAPE_STROKE };
enum tone { TONE_NONE, TONE_GRAVE, TONE_ACUTE, TONE_HOOK, TONE_TILDE, TONE_DOT };

struct marked {
	uint32_t code; /* a Vietnamese capital with marks */
	char letter;
	unsigned char shape, tone;
};

const struct glyph *glyph_find(char letter); /* NULL: not drawn */
/* True with marked filled for A-Z, 0-9, punctuation and all Vietnamese
 * capitals; false for what cannot be drawn large. */
bool glyph_marks(uint32_t code, struct marked *marked);
/* The two rows of a mark above; beside: the small form, right of a shape. */
const char *const *shape_rows(enum shape shape);
const char *const *tone_rows(enum tone tone, bool beside);

/* Columns at single size, or -1 when a character cannot be drawn large. */
int bigtext_width(const char *text);
/* In the middle of the box, as large as fits; ink is the code of a cell
 * within a letter. What does not fit at all is written small. */
void bigtext_draw(struct canvas *canvas, struct box box, uint32_t ink,
    enum style style, const char *text);

/* ---- actions --------------------------------------------------------------------------- */

enum press { /* keys without a character, after Unicode */
	PRESS_UP = 0x110000, PRESS_DOWN, PRESS_F1, PRESS_F10, PRESS_ENTER,
	PRESS_ESCAPE, PRESS_BACKSPACE, PRESS_TAB, PRESS_PASTE,
};

struct binding {
	uint32_t press; /* a capital, another character or an enum press */
	enum action action;
};

#define BINDINGS_MAX 48

struct bindings {
	size_t n;
	struct binding list[BINDINGS_MAX];
};

enum action action_find(const char *name);

/* One line "ACTION KEY [KEY...]", as in default_keys[]. */
int bindings_add(struct bindings *bindings, const char *line,
    struct err *err);
void bindings_init(struct bindings *bindings);
enum action bindings_find(const struct bindings *bindings, uint32_t press);
/* The names of an action's keys, "? F1"; only the first when first is set. */
void bindings_names(const struct bindings *bindings, enum action action,
    bool first, char *out, size_t capacity);

void keybar_draw(struct canvas *canvas, int y, const struct view *view);

/* From so many columns on the help page has two of them. */
#define HELP_WIDE_COLS 64

int help_rows(const struct view *view, int columns);
void help_draw(struct canvas *canvas, struct box box, const struct view *view);

/* ---- escape sequences ---------------------------------------------------------------- */

#define ESCAPE_SEQUENCE_MAX 12 /* the longest that means anything here */

/* One sequence from ESC to its end, however long. */
struct escape {
	int state;
	size_t len; /* over ESCAPE_SEQUENCE_MAX: unknown, and still dropped */
	int skip;   /* bytes of a character after ESC */
	char text[ESCAPE_SEQUENCE_MAX + 1];
};

void escape_begin(struct escape *escape); /* ESC was read */
bool escape_bare(const struct escape *escape); /* nothing but ESC so far */
/* True when the sequence has ended; *press is then 0 for an unknown one. */
bool escape_push(struct escape *escape, unsigned char byte, uint32_t *press);

/* ---- words ------------------------------------------------------------------------------- */

/* Make gettext speak the language from now on (LANGUAGE, LC_MESSAGES). */
void words_use(enum language language);
const char *word_verdict(enum verdict verdict);
const char *word_outcome(const char *outcome);   /* as after a crossing */
/* What Enter will do, in capitals; out holds VIEW_TEXT_MAX. */
const char *word_decision(const char *outcome, char *out);
/* "2 new messages (M)", or "" */
void word_messages(const struct view *view, char out[VIEW_TEXT_MAX]);
const char *word_direction(const char *direction);
const char *word_weekday(int weekday);
const char *word_hint(const char *hint);
const char *word_told(enum told told);
const char *word_form(enum form_kind kind);
void word_capitals(const char *text, char *out, size_t capacity);

/* ---- pages ----------------------------------------------------------------------------------- */

/* Where things are; all follows from the size of the screen. */
struct layout {
	int cols, rows;
	struct box zone; /* verdict or invitation, its frame included */
	struct box body; /* below: reasons, person, windows */
	int status_row, keys_row;
	int lane_row, lane_rows; /* of the other lanes, from that on */
};

#define LARGE_COLS 118 /* a verdict word at 3:2, and its margin */

void layout_make(struct layout *layout, const struct view *view, int cols,
    int rows);
void page_draw(struct canvas *canvas, const struct view *view);
void header_draw(struct canvas *canvas, const struct view *view);
/* states.c: the line of states; training: that there is training, or "". */
void states_draw(struct canvas *canvas, int y, const struct view *view, const char *training);
void ready_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view);
void citizen_draw(struct canvas *canvas, const struct view *view);
void gather_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view);
void verdict_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view);
int panel_rows(const struct view_panel *panel); /* all of it, without margins */
void panel_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view);
/* The frame and title of a window; gives back the room inside. */
struct box window_open(struct canvas *canvas, struct box box,
    const char *title);
/* Where a window of that size goes. */
struct box window_place(const struct layout *at, const struct view *view,
    int h, int w);
void window_stretch(struct box *box, int rows); /* a row up, to show so many */
void window_draw(struct canvas *canvas, const struct layout *at,
    const struct view *view);
/* Two lanes side by side, where they fit. */
bool beside_fits(const struct canvas *canvas, const struct view *view);
void beside_draw(struct canvas *canvas, const struct view *view);
void chart_draw(struct canvas *canvas, struct box box,
    const struct view *view);
void chart_temperature(size_t i, enum language language, char out[16]);
/* A crossing of this shift in one line. */
void recent_line(struct canvas *canvas, int y, int cols, enum style plain,
    const struct view *view, const struct view_recent *recent);
/* Who waits for a second reading, one a row. */
void waiting_draw(struct canvas *canvas, struct box box,
    const struct view *view);
void invite_draw(struct canvas *canvas, struct box box,
    const struct view *view);
/* The person in one column of values, and in two with labels. */
void person_column(struct canvas *canvas, struct box box,
    const struct view_person *person);
void person_columns(struct canvas *canvas, struct box box,
    const struct view_person *person);
/* A line across with words on it, as under the verdict. */
void caption_draw(struct canvas *canvas, int y, enum style line,
    enum style words, const char *text);

/* The same text in plain letters, for terminals without UTF-8. */
char code_ascii(uint32_t code);

#endif
