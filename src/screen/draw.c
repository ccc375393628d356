/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw - puts canvases on a terminal. The only file that knows ncurses.
 *
 * ncurses draws and knows the terminal's abilities; it reads nothing: bytes
 * typed go through keys.c. A terminal that takes no output (a stopped pager, a dead
 * line) makes us skip a drawing, never wait.
 */
#include "parts.h"

#include <curses.h>
#include <linux/kd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define AMBER_ON "\033]P3c49a00" /* the console's brown is too dark */
#define AMBER_OFF "\033]R"
#define BLANKING_OFF "\033[9;0]"
#define FULL_BLOCK L'\u2588'
#define HARD_SPACE L'\u00A0'

struct screen {
	SCREEN *curses;
	struct canvas *shown;   /* what the terminal was told; NULL: nothing */
	struct theme theme;
	enum depth depth;
	bool colours, ascii, console, stale;
	int cols, rows;
};

/* ---- the terminal as it was ------------------------------------------------------- */

/* What gives it back, whatever was drawn. */
static const char *
end_of(bool console)
{
	return console ? "\033[?2004l\033]R\033[?25h\033[0m\033[H\033[J" :
	    "\033[?2004l\033[?1049l\033[?25h\033[0m\r\n";
}

/* ---- what the terminal can do --------------------------------------------------------- */

/* Did the person say that this terminal is not UTF-8? Nothing said is UTF-8:
 * a stock machine has no locale. */
static bool
is_ascii(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	if (MB_CUR_MAX == 1)
		return true;
	for (size_t i = 0; i < nitems(names); i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || value[0] == '\0')
			continue;
		return strcasestr(value, "utf-8") == NULL &&
		    strcasestr(value, "utf8") == NULL;
	}
	return false;
}

/* A real one, whatever TERM says: its own sequences are poison elsewhere. */
static bool
is_console(void)
{
	char type;

	return ioctl(STDOUT_FILENO, KDGKBTYPE, &type) == 0;
}

static short
colour_of(const struct screen *screen, int colour)
{
	if (screen->depth == DEPTH_8 && colour >= 8)
		return (short)(colour - 8); /* brightness is A_BOLD there */
	return (short)colour;
}

/* The pairs of a style: as it is, turned round, and its foreground alone. An
 * eight-colour console has 64 pairs, so there styles share the last kind. */
enum side { SIDE_PLAIN, SIDE_TURNED, SIDE_SOLID };

static int
pair_of(const struct screen *screen, enum style style, enum side side)
{
	int fg = screen->theme.looks[style][screen->depth].fg;

	if (side != SIDE_SOLID)
		return 1 + 2 * (int)style + (side == SIDE_TURNED);
	return 1 + 2 * STYLE_COUNT + (screen->depth != DEPTH_8 ?
	    (int)style : fg & 7);
}

static void
pairs_init(struct screen *screen)
{
	screen->colours = has_colors() && start_color() == OK &&
	    COLOR_PAIRS > 2 * STYLE_COUNT + 8 && COLORS >= 8;
	screen->depth = COLORS >= 256 ? DEPTH_256 : COLORS >= 16 ? DEPTH_16 :
	    DEPTH_8;
	if (!screen->colours) {
		theme_init(&screen->theme, true);
		return;
	}
	use_default_colors();
	for (int style = 0; style < STYLE_COUNT; style++) {
		const struct look *look =
		    &screen->theme.looks[style][screen->depth];
		short fg = colour_of(screen, look->fg);
		short bg = colour_of(screen, look->bg);

		init_pair((short)pair_of(screen, style, SIDE_PLAIN), fg, bg);
		init_pair((short)pair_of(screen, style, SIDE_TURNED), bg, fg);
		if (fg >= 0)
			init_pair((short)pair_of(screen, style, SIDE_SOLID),
			    fg, fg);
	}
}

/* ---- cells ------------------------------------------------------------------------------- */

/* How a cell is sent. A filled cell is a full block on its own colour: solid
 * whatever the font, and still there when the screen is copied as text. */
enum sent {
	SENT_PLAIN,
	SENT_SOLID,  /* full block, both colours the style's foreground */
	SENT_BLANK,  /* blank, colours turned round */
	SENT_BRIGHT, /* full block, colours turned round: a bright background */
};

static enum sent
cell_sent(const struct screen *screen, const struct cell *cell)
{
	const struct look *look =
	    &screen->theme.looks[cell->style][screen->depth];
	bool full = cell->code == CODE_FULL;
	bool bright = screen->colours && screen->depth == DEPTH_8 &&
	    look->bg >= 8; /* which is there for letters only */

	if (screen->ascii)
		return full ? SENT_BLANK : SENT_PLAIN;
	if (bright && full)
		return SENT_BLANK;
	if (bright && cell->code == ' ')
		return SENT_BRIGHT;
	return full ? SENT_SOLID : SENT_PLAIN;
}

static wchar_t
cell_letter(const struct screen *screen, const struct cell *cell,
    enum sent sent, bool last)
{
	wchar_t letter = screen->ascii ? (wchar_t)code_ascii(cell->code) :
	    (wchar_t)cell->code;

	if (sent == SENT_SOLID || sent == SENT_BRIGHT)
		return FULL_BLOCK;
	if (sent == SENT_BLANK)
		letter = L' ';
	/* What copies a terminal (tmux, a log) cuts blanks off line ends, and
	 * their colour with them. */
	if (last && letter == L' ' && screen->colours && !screen->ascii)
		letter = HARD_SPACE;
	return letter;
}

static void
cell_look(const struct screen *screen, const struct cell *cell, bool last,
    cchar_t *out)
{
	const struct look *look =
	    &screen->theme.looks[cell->style][screen->depth];
	bool eight = screen->colours && screen->depth == DEPTH_8;
	bool coloured = screen->colours && look->fg >= 0 && look->bg >= 0;
	enum sent sent = cell_sent(screen, cell);
	wchar_t text[2] = { cell_letter(screen, cell, sent, last), L'\0' };
	attr_t attributes = A_NORMAL;
	bool reverse = look->reverse && sent != SENT_SOLID;
	enum side side = sent == SENT_SOLID ? SIDE_SOLID :
	    sent == SENT_PLAIN ? SIDE_PLAIN : SIDE_TURNED;

	if (!coloured) { /* default colours are turned round by an attribute */
		side = SIDE_PLAIN;
		reverse ^= sent == SENT_BLANK;
	}
	if (reverse)
		attributes |= A_REVERSE;
	if ((sent == SENT_PLAIN && look->bold) || sent == SENT_BRIGHT ||
	    (sent != SENT_BLANK && eight && look->fg >= 8))
		attributes |= A_BOLD;
	setcchar(out, text, attributes, !screen->colours ? 0 :
	    (short)pair_of(screen, cell->style, side), NULL);
}

static bool
same(const struct cell *a, const struct cell *b)
{
	return a->code == b->code && a->style == b->style;
}

/* Say in ASCII why there are no marks, where nothing else stands. */
static void
say_ascii(struct canvas *canvas)
{
	static const char words[] =
	    " No UTF-8 here: letters without marks. Set LANG=C.UTF-8 ";
	int y = canvas->rows > 2 ? canvas->rows - 2 : 0;

	for (int x = 0; x < (int)sizeof(words) && x < canvas->cols; x++)
		if (canvas->cells[y * canvas->cols + x].code != ' ')
			return;
	canvas_text(canvas, y, 1, canvas->cols - 2, STYLE_WARN, words);
}

static void
put_cells(struct screen *screen, const struct canvas *canvas)
{
	const struct canvas *old = screen->shown;
	bool all = old == NULL || old->cols != canvas->cols ||
	    old->rows != canvas->rows;

	for (int y = 0; y < canvas->rows; y++) {
		for (int x = 0; x < canvas->cols; x++) {
			int i = y * canvas->cols + x;
			cchar_t look;

			if (canvas->cells[i].code == 0 ||
			    (!all && same(&canvas->cells[i], &old->cells[i]) &&
			    (x + 1 == canvas->cols || same(
			    &canvas->cells[i + 1], &old->cells[i + 1]))))
				continue;
			cell_look(screen, &canvas->cells[i],
			    x + 1 == canvas->cols, &look);
			mvadd_wch(y, x, &look);
		}
	}
}

/* ---- door ------------------------------------------------------------------------------------ */

static bool
takes_output(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0;
}

static void
measure(struct screen *screen)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    size.ws_row > 0) {
		screen->cols = size.ws_col;
		screen->rows = size.ws_row;
	} else {
		screen->cols = COLS;
		screen->rows = LINES;
	}
}

static void
terminal_begin(struct screen *screen)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, FALSE);
	intrflush(stdscr, FALSE);
	leaveok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	typeahead(-1); /* else typing would stop a drawing halfway */
	curs_set(0);
	if (screen->console) {
		terminal_say(BLANKING_OFF);
		if (screen->colours)
			terminal_say(AMBER_ON);
	}
	terminal_say(PASTE_ON);
}

struct screen *
screen_open(const char *theme, struct err *err)
{
	const char *term = getenv("TERM");
	struct termios before;
	struct screen *screen;
	struct err trouble;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &before) < 0) {
		err_set(err, ERR_SETUP, "the screen needs a terminal");
		return NULL;
	}
	screen = calloc(1, sizeof(*screen));
	if (screen == NULL)
		mem_none();
	if (theme_load(&screen->theme, theme != NULL ? theme : "",
	    &trouble) < 0) /* the built-in colours stay */
		log_line(0, LOG_LEVEL_WARN, "%s", trouble.text);
	screen->curses = newterm(NULL, stdout, stdin);
	if (screen->curses == NULL) {
		err_set(err, ERR_SETUP, "terminal type \"%s\" cannot show "
		    "the screen; set TERM", term != NULL ? term : "");
		free(screen);
		return NULL;
	}
	screen->console = is_console();
	screen->ascii = is_ascii();
	pairs_init(screen);
	terminal_begin(screen);
	rescue_arm(&before, end_of(screen->console));
	measure(screen);
	screen->stale = true;
	return screen;
}

void
screen_close(struct screen *screen)
{
	if (screen == NULL)
		return;
	terminal_say(PASTE_OFF);
	if (screen->console && screen->colours)
		terminal_say(AMBER_OFF);
	curs_set(1);
	endwin();
	delscreen(screen->curses);
	rescue_disarm();
	canvas_free(screen->shown);
	free(screen);
}

/* Takes the canvas. */
static void
show(struct screen *screen, struct canvas *canvas)
{
	if (screen->ascii)
		say_ascii(canvas);
	if (screen->stale) {
		canvas_free(screen->shown);
		screen->shown = NULL;
		clearok(stdscr, TRUE);
		screen->stale = false;
	}
	put_cells(screen, canvas);
	canvas_free(screen->shown);
	screen->shown = canvas;
	refresh();
}

void
screen_draw(struct screen *screen, const struct view *view)
{
	struct canvas *canvas;

	if (!takes_output()) {
		screen->stale = true;
		return;
	}
	canvas = canvas_new(screen->cols, screen->rows);
	page_draw(canvas, view);
	show(screen, canvas);
}

char *
screen_copy(const struct screen *screen, char **styles)
{
	if (screen->stale || screen->shown == NULL)
		return NULL;
	return canvas_print(screen->shown, styles);
}

void
screen_show(struct screen *screen, const char *text, const char *styles,
    const char *foot)
{
	struct canvas *canvas;
	int y = 0;

	if (!takes_output()) {
		screen->stale = true;
		return;
	}
	canvas = canvas_new(screen->cols, screen->rows);
	canvas_scan(canvas, text, styles);
	for (const char *c = text; *c != '\0'; c++)
		y += *c == '\n';
	y = y < canvas->rows ? y : canvas->rows - 1;
	canvas_fill(canvas, (struct box){ y, 0, 1, canvas->cols }, ' ',
	    STYLE_KEYBAR);
	canvas_text(canvas, y, 1, canvas->cols - 2, STYLE_KEYBAR, foot);
	show(screen, canvas);
}

void
screen_resize(struct screen *screen)
{
	measure(screen);
	resizeterm(screen->rows, screen->cols);
	screen->stale = true;
}

void
screen_redraw(struct screen *screen)
{
	if (!takes_output()) {
		screen->stale = true;
		return;
	}
	clearok(curscr, TRUE);
	refresh();
}

void
screen_repaint(struct screen *screen)
{
	const char *term = getenv("TERM");

	if (!screen->console && (term == NULL || strcmp(term, "linux") != 0))
		return;
	if (screen->console && screen->colours)
		terminal_say(AMBER_ON);
	screen_redraw(screen);
}

void
screen_bell(struct screen *screen)
{
	(void)screen;
	if (takes_output())
		beep();
}
