/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screendump - shows the sample views, on a terminal or as text.
 *
 *	screendump text NAME LANGUAGE COLSxROWS [styles]
 *	screendump show NAME LANGUAGE THEME     until a key is pressed; the
 *	                        screen follows the size of the terminal
 *	screendump keys         what bytes typed come out as; Ctrl-Q ends
 *	screendump golden DIR   every sample in both languages and four sizes
 *	screendump names
 *
 * A tool of the tests, not installed.
 */
#include "samples.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const languages[] = { [LANGUAGE_VI] = "vi",
	[LANGUAGE_EN] = "en" };

static volatile sig_atomic_t resized;

static void
on_winch(int signo)
{
	(void)signo;
	resized = 1;
}

static enum language
language_of(const char *name)
{
	return strcmp(name, "en") == 0 ? LANGUAGE_EN : LANGUAGE_VI;
}

static int
dump(const char *name, const char *language, const char *size, bool styled)
{
	struct view *view = calloc(1, sizeof(*view));
	char *styles, *text;
	int cols, rows;

	if (view == NULL || sscanf(size, "%dx%d", &cols, &rows) != 2 ||
	    !sample_fill(name, language_of(language), view))
		return 1;
	text = screen_text(view, cols, rows, &styles);
	fputs(text, stdout);
	if (styled)
		fputs(styles, stdout);
	free(text);
	free(styles);
	free(view);
	return 0;
}

static int
show(const char *name, const char *language, const char *theme)
{
	struct view *view = calloc(1, sizeof(*view));
	struct screen *screen;
	struct err err;
	char key;

	if (view == NULL || !sample_fill(name, language_of(language), view))
		return 1;
	screen = screen_open(theme, &err);
	if (screen == NULL) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	signal(SIGWINCH, on_winch);
	for (;;) {
		struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

		if (resized) {
			resized = 0;
			screen_resize(screen);
		}
		screen_draw(screen, view);
		if (poll(&in, 1, 200) > 0 && read(STDIN_FILENO, &key, 1) <= 1)
			break;
	}
	screen_close(screen);
	free(view);
	return 0;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The last inputs are the recent crossings of a view, so that they are seen
 * on a raw terminal. */
static void
on_input(void *arg, const struct input *input)
{
	struct view *view = arg;
	static const char *const kinds[] = { [INPUT_ACTION] = "action",
		[INPUT_CHARACTER] = "character", [INPUT_SCAN] = "scan",
		[INPUT_PASTE] = "paste" };

	if (view->ndetail == nitems(view->detail)) {
		memmove(view->detail[0], view->detail[1],
		    sizeof(view->detail) - sizeof(view->detail[0]));
		view->ndetail--;
	}
	snprintf(view->detail[view->ndetail++], VIEW_TEXT_MAX,
	    "%s %s \"%s\" %zu %.*s", kinds[input->kind],
	    action_name(input->action), input->character, input->scan_len,
	    (int)(input->scan_len < 40 ? input->scan_len : 40),
	    (const char *)input->scan);
	if (input->action == ACTION_QUIT)
		view->at = 0;
}

static int
show_keys(bool wedge)
{
	struct view *view = calloc(1, sizeof(*view));
	struct keys *keys = keys_new(wedge);
	struct err err;
	struct screen *screen = screen_open("", &err);

	if (view == NULL || screen == NULL)
		return 1;
	sample_fill("detail", LANGUAGE_EN, view);
	while (view->at != 0) {
		struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
		unsigned char bytes[512];
		int64_t due = keys_deadline(keys), now = now_ms();

		screen_draw(screen, view);
		poll(&in, 1, due < 0 ? 500 : due > now ? (int)(due - now) : 0);
		if ((in.revents & POLLIN) != 0) {
			ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

			if (n <= 0)
				break;
			keys_push(keys, bytes, (size_t)n, now_ms(), on_input,
			    view);
		}
		keys_tick(keys, now_ms(), on_input, view);
	}
	screen_close(screen);
	keys_free(keys);
	free(view);
	return 0;
}

static int
golden_one(const char *dir, const char *name, enum language language, int cols,
    int rows)
{
	struct view *view = calloc(1, sizeof(*view));
	char path[4096], *text, *styles;
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s-%s-%dx%d.screen", dir, name,
	    languages[language], cols, rows);
	if (view == NULL || !sample_fill(name, language, view) ||
	    (out = fopen(path, "w")) == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	text = screen_text(view, cols, rows, &styles);
	fprintf(out, "%s\n%s", text, styles);
	fclose(out);
	free(text);
	free(styles);
	free(view);
	return 0;
}

static int
golden(const char *dir)
{
	static const int sizes[][2] = { { 80, 24 }, { 100, 26 },
		{ 132, 43 }, { 160, 48 } };
	int failed = 0;

	for (size_t i = 0; sample_name(i) != NULL; i++)
		for (size_t size = 0; size < nitems(sizes); size++)
			for (int language = 0; language < LANGUAGES; language++)
				failed |= golden_one(dir, sample_name(i),
				    (enum language)language, sizes[size][0],
				    sizes[size][1]);
	return failed;
}

int
main(int argc, char **argv)
{
	const char *locale = getenv("CHOT_LOCALE");
	const char *verb = argc > 1 ? argv[1] : "";

	setlocale(LC_ALL, "C.UTF-8");
	bindtextdomain("chot", locale != NULL ? locale : "locale");
	bind_textdomain_codeset("chot", "UTF-8");
	textdomain("chot");
	if (strcmp(verb, "text") == 0 && argc >= 5)
		return dump(argv[2], argv[3], argv[4], argc > 5);
	if (strcmp(verb, "show") == 0 && argc >= 4)
		return show(argv[2], argv[3], argc > 4 ? argv[4] : "");
	if (strcmp(verb, "keys") == 0)
		return show_keys(argc <= 2);
	if (strcmp(verb, "golden") == 0 && argc == 3)
		return golden(argv[2]);
	for (size_t i = 0; sample_name(i) != NULL; i++)
		puts(sample_name(i));
	return strcmp(verb, "names") == 0 ? 0 : 64;
}
