/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watch - asks each post every few seconds, all at the same time, and draws
 * what is known. A post that says nothing useful within five seconds is told
 * as such; how slow one is holds up no other.
 */
#include "parts.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define SCREEN_END "\033[?25h\033[?1049l"
#define LINES_MAX 64 /* of one answer: banners and the like before it */

struct asking {
	struct watch *watch;
	struct post *post;
	struct child *child;
	int timer;
	int lines;
};

struct watch {
	const struct watch_options *options;
	struct loop *loop;
	struct post *posts;
	struct asking *askings;
	struct gather gather;
	size_t n, chosen, first, left, detail_first;
	bool detail, dirty, terminal, stop;
	struct termios saved;
};

/* ---- asking one post ------------------------------------------------------------- */

static void ask(void *arg);

static void
finish(struct asking *a, bool good)
{
	struct watch *w = a->watch;

	child_stop(a->child);
	a->child = NULL;
	loop_cancel(w->loop, a->timer);
	a->timer = 0;
	a->post->asked = true;
	a->post->reached = good;
	w->dirty = true;
	if (!w->options->once)
		a->timer = loop_at(w->loop, loop_now_ms(w->loop) +
		    w->options->every_s * 1000, ask, a);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct asking *a = arg;
	struct post *post = a->post;
	struct report report = { .n = 0 };
	struct err err = { 0 };

	if (line[0] != '{') { /* ssh's words, a banner */
		text_clean(line, len, post->why, sizeof(post->why));
		if (++a->lines >= LINES_MAX)
			finish(a, false);
		return;
	}
	if (report_parse(line, len, &report, &err) != 0) {
		snprintf(post->why, sizeof(post->why), _("not understood: %s"),
		    err.text);
		finish(a, false);
		return;
	}
	report_free(&post->report);
	post->report = report;
	post->heard = true;
	post->heard_ms = loop_now_ms(a->watch->loop);
	finish(a, true);
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct asking *a = arg;

	if (state != CHILD_DOWN)
		return;
	if (a->post->why[0] == '\0')
		text_clean(words, strlen(words), a->post->why,
		    sizeof(a->post->why));
	finish(a, false);
}

static void
on_timeout(void *arg)
{
	struct asking *a = arg;

	a->timer = 0;
	snprintf(a->post->why, sizeof(a->post->why), "%s",
	    _("no answer within 5 seconds"));
	finish(a, false);
}

static void
ask(void *arg)
{
	struct asking *a = arg;
	struct watch *w = a->watch;
	/* The shell joins ssh's complaints to what the post says. */
	char *far[] = { (char *)"/bin/sh", (char *)"-c",
		(char *)"exec ssh -nT -o BatchMode=yes -o ConnectTimeout=5 "
		"-o ClearAllForwardings=yes -o ForwardAgent=no "
		"-o PermitLocalCommand=no -- \"$1\" chot status --json 2>&1",
		(char *)"sh", a->post->host, NULL };
	char *here[] = { (char *)w->options->self, (char *)"status",
		(char *)"--json", (char *)(w->options->conf != NULL ? "-c" :
		NULL), (char *)w->options->conf, NULL };
	struct child_spec spec = {
		.name = a->post->host,
		.argv = w->options->nhosts > 0 ? far : here,
		.line_max = REPORT_BYTES_MAX, .restart_min_ms = 3600000,
		.restart_max_ms = 3600000, .on_line = on_line,
		.on_state = on_state, .arg = a,
	};
	struct err err = { 0 };

	a->lines = 0;
	a->post->why[0] = '\0';
	a->timer = loop_at(w->loop, loop_now_ms(w->loop) + WATCH_ANSWER_MS,
	    on_timeout, a);
	a->child = child_start(w->loop, &spec, &err);
	if (a->child == NULL) {
		snprintf(a->post->why, sizeof(a->post->why), "%.300s",
		    err.text);
		finish(a, false);
	}
}

/* ---- asking a hub ----------------------------------------------------------------- */

static void
ask_hub(void *arg)
{
	struct watch *w = arg;

	gather_ask(&w->gather);
}

/* The same post stays chosen, wherever it is now. */
static void
take_round(struct watch *w)
{
	size_t chosen = 0;

	for (size_t i = 0; i < w->gather.n; i++)
		if (strcmp(w->gather.posts[i].host,
		    w->posts[w->chosen].host) == 0)
			chosen = i;
	posts_free(w->posts, w->n);
	w->posts = w->gather.posts;
	w->n = w->gather.n;
	w->gather.posts = NULL;
	w->gather.n = 0;
	w->chosen = chosen;
}

static void
on_round(void *arg)
{
	struct watch *w = arg;
	bool good = w->gather.whole && w->gather.n > 0;

	if (good)
		take_round(w);
	for (size_t i = 0; i < w->n; i++) {
		w->posts[i].asked = true;
		if (good)
			continue;
		w->posts[i].reached = false;
		snprintf(w->posts[i].why, sizeof(w->posts[i].why), "%s",
		    w->gather.whole ? _("the hub has no posts") :
		    w->gather.why);
	}
	w->dirty = true;
	if (!w->options->once)
		loop_at(w->loop, loop_now_ms(w->loop) +
		    w->options->every_s * 1000, ask_hub, w);
}

/* ---- the terminal ------------------------------------------------------------------- */

static void
size_of_terminal(struct table *t)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 5) {
		t->rows = size.ws_row;
		t->columns = size.ws_col;
	} else {
		t->rows = 24;
		t->columns = 80;
	}
}

static void
draw(struct watch *w)
{
	struct table t = { .posts = w->posts, .n = w->n, .chosen = w->chosen,
		.detail = w->detail, .colour = w->options->colour,
		.now_ms = loop_now_ms(w->loop) };

	w->dirty = false;
	if (!w->terminal)
		return;
	size_of_terminal(&t);
	if (w->chosen < w->first)
		w->first = w->chosen;
	if (w->chosen >= w->first + (size_t)t.rows - 4)
		w->first = w->chosen - (size_t)t.rows + 5;
	t.left = w->left;
	t.first = w->detail ? w->detail_first : w->first;
	fputs("\033[H\033[2J", stdout);
	table_print(&t, stdout);
	printf("\033[%d;1H%s", t.rows, w->detail ?
	    _("up, down: scroll   Esc: all posts   q: leave") :
	    _("up, down: choose   left, right: columns   Enter: all of it   "
	    "q: leave"));
	fflush(stdout);
}

static void
move(struct watch *w, int by)
{
	size_t *at = w->detail ? &w->detail_first : &w->chosen;
	size_t most = w->detail ? w->posts[w->chosen].report.n : w->n;

	if (by < 0 && *at > 0)
		(*at)--;
	if (by > 0 && *at + 1 < most)
		(*at)++;
}

static void
shift_columns(struct watch *w, int by)
{
	if (by < 0 && w->left > 0)
		w->left--;
	if (by > 0 && w->left < TABLE_LEFT_MAX)
		w->left++;
}

static void
key(struct watch *w, char c)
{
	switch (c) {
	case 'q':
	case 3: /* Ctrl-C, when the terminal is raw */
		w->stop = true;
		break;
	case 'j':
		move(w, 1);
		break;
	case 'k':
		move(w, -1);
		break;
	case 'l':
		shift_columns(w, 1);
		break;
	case '\r':
	case '\n':
		w->detail = true;
		w->detail_first = 0;
		break;
	case 'h':
		if (!w->detail)
			shift_columns(w, -1);
		w->detail = false;
		break;
	case '\033':
		w->detail = false;
		break;
	}
	w->dirty = true;
}

static void
on_keys(void *arg, int fd, short revents)
{
	struct watch *w = arg;
	char bytes[64];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n <= 0) {
		w->stop = true;
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == '\033' && i + 2 < n && (bytes[i + 1] == '[' ||
		    bytes[i + 1] == 'O')) {
			if (bytes[i + 2] == 'A' || bytes[i + 2] == 'B')
				move(w, bytes[i + 2] == 'A' ? -1 : 1);
			if (bytes[i + 2] == 'C' || bytes[i + 2] == 'D')
				shift_columns(w, bytes[i + 2] == 'D' ? -1 : 1);
			w->dirty = true;
			i += 2;
			continue;
		}
		key(w, bytes[i]);
	}
}

static void
on_signal(void *arg, int signo)
{
	struct watch *w = arg;

	if (signo == SIGWINCH)
		w->dirty = true;
	else
		w->stop = true;
}

static int
open_terminal(struct watch *w, struct err *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH };
	struct termios raw;

	for (size_t i = 0; i < nitems(signals); i++)
		if (loop_signal(w->loop, signals[i], on_signal, w, err) != 0)
			return -1;
	w->terminal = !w->options->once && !w->options->json &&
	    isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	    tcgetattr(STDIN_FILENO, &w->saved) == 0;
	if (!w->terminal)
		return 0;
	raw = w->saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	rescue_arm(&w->saved, SCREEN_END);
	fputs("\033[?1049h\033[?25l", stdout);
	fflush(stdout); /* before it may have to be given back */
	return loop_watch(w->loop, STDIN_FILENO, POLLIN, on_keys, w, err);
}

/* ---- all of it ------------------------------------------------------------------------ */

/* Each post once: then it can be told. */
static bool
all_asked(const struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->posts[i].asked)
			return false;
	return true;
}

static void
print(struct watch *w)
{
	struct table t = { .posts = w->posts, .n = w->n,
		.colour = w->options->colour,
		.now_ms = loop_now_ms(w->loop) };

	if (!w->options->json)
		table_print(&t, stdout);
	for (size_t i = 0; w->options->json && i < w->n; i++)
		report_json(&w->posts[i], stdout);
	fflush(stdout);
	for (size_t i = 0; i < w->n; i++)
		w->posts[i].asked = false;
}

static int
work(struct watch *w, struct err *err)
{
	if (w->options->hub)
		ask_hub(w);
	for (size_t i = 0; !w->options->hub && i < w->n; i++)
		ask(&w->askings[i]);
	while (!w->stop) {
		if (w->dirty)
			draw(w);
		if (!w->terminal && all_asked(w)) {
			w->stop = w->options->once || ferror(stdout);
			if (!w->options->once)
				print(w);
			continue;
		}
		if (loop_turn(w->loop, -1, err) != 0)
			return -1;
	}
	return 0;
}

static void
prepare(struct watch *w)
{
	w->n = w->options->nhosts > 0 ? w->options->nhosts : 1;
	w->posts = calloc(w->n, sizeof(*w->posts));
	w->askings = calloc(w->n, sizeof(*w->askings));
	if (w->posts == NULL || w->askings == NULL)
		mem_none();
	for (size_t i = 0; i < w->n; i++) {
		w->askings[i] = (struct asking){ .watch = w,
			.post = &w->posts[i] };
		snprintf(w->posts[i].host, WATCH_HOST_MAX, "%s",
		    w->options->nhosts > 0 ? w->options->hosts[i] :
		    w->options->hub ? _("the hub") : _("this post"));
	}
	w->gather = (struct gather){ .loop = w->loop, .options = w->options,
		.done = on_round, .arg = w };
}

int
watch_posts(const struct watch_options *options, int *worst, struct err *err)
{
	struct watch w = { .options = options };
	int result = -1;

	*worst = 0;
	w.loop = loop_new(err);
	if (w.loop == NULL)
		return -1;
	prepare(&w);
	if (open_terminal(&w, err) == 0)
		result = work(&w, err);
	for (size_t i = 0; !options->hub && i < w.n; i++)
		child_stop(w.askings[i].child);
	for (size_t i = 0; i < w.n; i++) {
		if (post_level(&w.posts[i]) > *worst)
			*worst = post_level(&w.posts[i]);
	}
	if (w.terminal) {
		fputs(SCREEN_END, stdout);
		fflush(stdout);
		tcsetattr(STDIN_FILENO, TCSANOW, &w.saved);
		rescue_disarm();
	}
	if (result == 0 && options->once)
		print(&w);
	gather_end(&w.gather);
	loop_free(w.loop);
	posts_free(w.posts, w.n);
	free(w.askings);
	return result;
}
