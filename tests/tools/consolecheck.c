/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * consolecheck - draws hostile texts on a real Linux console and reads the
 * cells back.
 *
 *	consolecheck /dev/ttyN /dev/vcsuN TEXTS
 *
 * Each text is put into every field that comes from outside. What the kernel
 * then holds in its cells (vcsu: UTF-32, row by row) must be what screen_text()
 * says of the same view. Exit 0, or 1 with the first cells that differ.
 */
#include "samples.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define COLS_MAX 400
#define ROWS_MAX 200

static uint32_t cells[COLS_MAX * ROWS_MAX], meant[COLS_MAX * ROWS_MAX];

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* What a citizen could put into a code to move the cursor, to change colours
 * or the title, to hide letters, to turn them round, or to break a width. */
static const char *const pieces[] = {
	"\033[2J", "\033[1;1H", "\033]0;title\007", "\033c", "\033[31m",
	"\033[?25l", "\033(0", "\033%@", "\033[10;20r", "\033#8", "\033P0q",
	"\x9b" "2J", "\xc2\x9b" "2J", "\xc2\x85", "\x0e", "\x0f", "\b\b\b",
	"\r", "\n", "\t", "\v\f", "\x7f", "\x18\x1a", "\a",
	"\xe2\x80\xae", "\xe2\x80\x8b", "\xe2\x81\xa6", "\xef\xbb\xbf",
	"\xcc\x81", "e\xcc\x82\xcc\x81", "a\xcc\xa3\xcc\x82", "\xcd\x8f",
	"\xe4\xb8\xad\xe6\x96\x87", "\xf0\x9f\x98\x80", "\xef\xbc\xa1",
	"\xe0\xb8\x81\xe0\xb8\xb3", "\xd7\x90\xd7\x91", "\xd8\xa7",
	"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff\xfe", "\xe2\x96",
	"\xf3\xa0\x81\x81", "\xee\x80\x80", "\xef\xbf\xbe", "%s%n", "$(x)",
	"Nguy\xe1\xbb\x85n", "\xc4\x90\xe1\xba\xb7ng", "A", " ", "|", "\\",
	"\xe2\x94\x82", "\xe2\x96\x88", "0123456789",
};

static void
hostile(char *out, size_t size, uint32_t *seed)
{
	size_t used = 0, wanted = next_random(seed) % size;

	while (used < wanted) {
		const char *piece = pieces[next_random(seed) %
		    nitems(pieces)];
		size_t n = strlen(piece);

		if (next_random(seed) % 8 == 0) { /* any byte but the end */
			out[used++] = (char)(1 + next_random(seed) % 255);
			continue;
		}
		if (used + n >= size)
			break;
		memcpy(out + used, piece, n);
		used += n;
	}
	out[used] = '\0';
}

static void
fill(struct view *view, uint32_t *seed)
{
	struct view_person *person = &view->lane.person;
	struct { char *text; size_t size; } fields[] = {
		{ person->name, sizeof(person->name) },
		{ person->id, sizeof(person->id) },
		{ person->birth, sizeof(person->birth) },
		{ person->from, sizeof(person->from) },
		{ person->to, sizeof(person->to) },
		{ person->address, sizeof(person->address) },
		{ person->vehicle, sizeof(person->vehicle) },
		{ person->warnings[0], sizeof(person->warnings[0]) },
		{ person->status, sizeof(person->status) },
		{ view->station_name, sizeof(view->station_name) },
		{ view->officer, sizeof(view->officer) },
		{ view->lane.notice, sizeof(view->lane.notice) },
		{ view->lane.record_fault, sizeof(view->lane.record_fault) },
		{ view->troubles[0], sizeof(view->troubles[0]) },
		{ view->recent[0].who, sizeof(view->recent[0].who) },
		{ view->recent[0].vehicle, sizeof(view->recent[0].vehicle) },
		{ view->detail[0], sizeof(view->detail[0]) },
		{ view->choices[0], sizeof(view->choices[0]) },
	};

	person->nwarnings = 1;
	for (size_t i = 0; i < nitems(fields); i++)
		hostile(fields[i].text, fields[i].size, seed);
}

/* The lines of screen_text() as cells. */
static void
cells_of(const char *text, int cols, int rows)
{
	size_t n = strlen(text), at = 0;

	for (int row = 0; row < rows; row++) {
		int col = 0;

		while (at < n && text[at] != '\n') {
			uint32_t code = utf8_next(text, n, &at);

			if (col < cols)
				meant[row * cols + col++] = code;
			/* The kernel fills the second column of a wide one
			 * with a space, newer ones with U+200B. */
			if (wcwidth((wchar_t)code) == 2 && col < cols)
				meant[row * cols + col++] = 0;
		}
		while (col < cols)
			meant[row * cols + col++] = ' ';
		at++;
	}
}

static int
compare(int vcsu, int cols, int rows, long n)
{
	size_t size = (size_t)cols * (size_t)rows * sizeof(*cells);
	int different = 0;

	if (pread(vcsu, cells, size, 0) != (ssize_t)size) {
		fprintf(stderr, "vcsu: %s\n", strerror(errno));
		return -1;
	}
	for (int i = 0; i < cols * rows; i++) {
		/* draw.c ends lines with a hard space, and in a zone of the
		 * other colour blanks are blocks and blocks are blanks. */
		if (cells[i] == 0xa0 || cells[i] == 0x2588)
			cells[i] = ' ';
		if (meant[i] == 0xa0 || meant[i] == 0x2588)
			meant[i] = ' ';
		if (cells[i] != meant[i] && (meant[i] != 0 ||
		    (cells[i] != ' ' && cells[i] != 0x200b)) &&
		    different++ < 5)
			fprintf(stderr, "# text %ld, row %d, column %d: U+%04X,"
			    " meant U+%04X, behind U+%04X\n", n, i / cols,
			    i % cols, (unsigned)cells[i], (unsigned)meant[i],
			    i > 0 ? (unsigned)cells[i - 1] : 0);
	}
	return different == 0 ? 0 : -1;
}

static int
take_console(const char *path)
{
	int tty = open(path, O_RDWR | O_NOCTTY);

	if (tty < 0 || dup2(tty, STDIN_FILENO) < 0 ||
	    dup2(tty, STDOUT_FILENO) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	close(tty);
	/* UTF-8, as console-setup leaves it. */
	return write(STDOUT_FILENO, "\033%G\033c\033%G", 8) == 8 ? 0 : -1;
}

static int
check(int vcsu, long texts)
{
	struct view *view = calloc(1, sizeof(*view));
	struct screen *screen;
	struct winsize size;
	struct err err;
	int failed = 0;

	if (view == NULL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ||
	    (screen = screen_open("", &err)) == NULL)
		return 1;
	for (long n = 0; n < texts && failed == 0; n++) {
		uint32_t seed = (uint32_t)n * 7919u;
		size_t names = 0;
		char *text;

		while (sample_name(names) != NULL)
			names++;
		sample_fill(sample_name((size_t)n % names), LANGUAGE_VI, view);
		fill(view, &seed);
		screen_draw(screen, view);
		text = screen_text(view, size.ws_col, size.ws_row, NULL);
		cells_of(text, size.ws_col, size.ws_row);
		free(text);
		failed = compare(vcsu, size.ws_col, size.ws_row, n) < 0;
	}
	screen_close(screen);
	free(view);
	return failed;
}

int
main(int argc, char **argv)
{
	int vcsu;

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TERM", "linux", 1);
	if (argc != 4 || (vcsu = open(argv[2], O_RDONLY)) < 0 ||
	    take_console(argv[1]) < 0)
		return 1;
	return check(vcsu, atol(argv[3]));
}
