/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look - over the officer's shoulder, from a desk: the screen of a post as it
 * is now, on this terminal. No key goes there. The post says at the top who
 * looks, has recorded it, and ends it when its officer wants.
 */
#include "parts.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "screen.h"

#define FIRST_MS 15000 /* ssh, the record, the first picture */
#define STALE_MS 5000  /* pictures come each second: the clock moves */
#define WORDS_MAX 20   /* lines of ssh and banners */

struct look {
	const struct look_options *options;
	struct loop *loop;
	struct screen *screen;
	struct child *child;
	struct picture picture;
	int64_t seen_ms, began_ms;
	int lines;
	bool stop, ended;
	char why[REPORT_VALUE_MAX];
};

/* ---- why it ended ------------------------------------------------------------------ */

static const struct {
	const char *word, *text;
} ends[] = {
	{ "officer", N_("the officer ended it") },
	{ "busy", N_("somebody else looks at this post") },
	{ "often", N_("too many looked: wait a minute") },
	{ "time", N_("it has lasted 15 minutes: ask again") },
	{ "slow", N_("the line is too slow") },
	{ "not-recorded", N_("the post could not record it") },
	{ "post", N_("the station was stopped") },
};

static void
told(struct look *l, const char *word)
{
	const char *text = word;

	for (size_t i = 0; i < nitems(ends); i++)
		if (strcmp(ends[i].word, word) == 0)
			text = _(ends[i].text);
	snprintf(l->why, sizeof(l->why), "%s", text);
	l->stop = l->ended = true;
}

/* ---- pictures ---------------------------------------------------------------------------- */

static void
draw(struct look *l)
{
	const char *post = l->options->host != NULL ? l->options->host :
	    _("this post");
	int64_t old = loop_now_ms(l->loop) - l->seen_ms;
	char foot[VIEW_TEXT_MAX];

	if (l->picture.text == NULL)
		snprintf(foot, sizeof(foot), _("%s: asked for its screen   "
		    "q: leave"), post);
	else if (old >= STALE_MS)
		snprintf(foot, sizeof(foot), _("%s: no picture for %d s   "
		    "q: leave"), post, (int)(old / 1000));
	else
		snprintf(foot, sizeof(foot), _("%s: only looking, and the "
		    "officer sees it   q: leave"), post);
	screen_show(l->screen, l->picture.text != NULL ? l->picture.text : "",
	    l->picture.styles != NULL ? l->picture.styles : "", foot);
}

static void
on_second(void *arg)
{
	struct look *l = arg;
	int64_t now = loop_now_ms(l->loop);

	if (l->picture.text == NULL && now - l->began_ms >= FIRST_MS) {
		if (l->why[0] == '\0')
			snprintf(l->why, sizeof(l->why), "%s",
			    _("no picture came"));
		l->stop = l->ended = true;
		return;
	}
	draw(l);
	loop_at(l->loop, now + 1000, on_second, l);
}

static void
on_line(void *arg, char *line, size_t n)
{
	struct look *l = arg;
	struct picture picture;
	struct err err = { 0 };

	if (line[0] != '{') { /* ssh's words, a banner, a refusal */
		text_clean(line, n, l->why, sizeof(l->why));
		if (++l->lines >= WORDS_MAX)
			l->stop = l->ended = true;
		return;
	}
	if (picture_parse(line, n, &picture, &err) != 0) {
		told(l, err.text);
		return;
	}
	free(l->picture.text);
	free(l->picture.styles);
	l->picture = picture;
	if (picture.end[0] != '\0') {
		told(l, picture.end);
		return;
	}
	l->seen_ms = loop_now_ms(l->loop);
	draw(l);
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct look *l = arg;

	if (state != CHILD_DOWN || l->stop)
		return;
	if (l->why[0] == '\0')
		text_clean(words, strlen(words), l->why, sizeof(l->why));
	l->stop = l->ended = true;
}

/* ---- all of it ------------------------------------------------------------------------- */

static void
on_keys(void *arg, int fd, short revents)
{
	struct look *l = arg;
	char bytes[64];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	for (ssize_t i = 0; i < n; i++)
		if (bytes[i] == 'q' || bytes[i] == 3 || bytes[i] == 0x11)
			l->stop = true;
	if (n <= 0)
		l->stop = true;
}

static void
on_signal(void *arg, int signo)
{
	struct look *l = arg;

	if (signo != SIGWINCH) {
		l->stop = true;
		return;
	}
	screen_resize(l->screen);
	draw(l);
}

static int
start(struct look *l, struct err *err)
{
	const struct look_options *o = l->options;
	/* The shell joins ssh's complaints to what the post says. */
	char *far[] = { (char *)"/bin/sh", (char *)"-c",
		(char *)"exec ssh -nT -o BatchMode=yes -o ConnectTimeout=10 "
		"-o ServerAliveInterval=10 -o ClearAllForwardings=yes "
		"-o ForwardAgent=no -o PermitLocalCommand=no -- \"$1\" "
		"chot watch --look --json 2>&1",
		(char *)"sh", (char *)o->host, NULL };
	char *here[] = { (char *)"/bin/sh", (char *)"-c",
		(char *)"exec \"$0\" watch --look --json \"$@\" 2>&1",
		(char *)o->self, (char *)"--who", (char *)o->who,
		(char *)(o->conf != NULL ? "-c" : NULL), (char *)o->conf,
		NULL };
	struct child_spec spec = { .name = "look",
		.argv = o->host != NULL ? far : here,
		.line_max = PICTURE_BYTES_MAX, .restart_min_ms = 3600000,
		.restart_max_ms = 3600000, .on_line = on_line,
		.on_state = on_state, .arg = l };

	l->began_ms = l->seen_ms = loop_now_ms(l->loop);
	l->child = child_start(l->loop, &spec, err);
	return l->child != NULL ? 0 : -1;
}

static int
work(struct look *l, struct err *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH };

	for (size_t i = 0; i < nitems(signals); i++)
		if (loop_signal(l->loop, signals[i], on_signal, l, err) != 0)
			return -1;
	if (loop_watch(l->loop, STDIN_FILENO, POLLIN, on_keys, l, err) != 0 ||
	    start(l, err) != 0)
		return -1;
	on_second(l);
	while (!l->stop)
		if (loop_turn(l->loop, -1, err) != 0)
			return -1;
	return 0;
}

int
watch_look(const struct look_options *options, struct err *err)
{
	struct look l = { .options = options };
	int result = -1;

	l.loop = loop_new(err);
	if (l.loop != NULL)
		l.screen = screen_open("", err);
	if (l.screen != NULL)
		result = work(&l, err);
	child_stop(l.child);
	screen_close(l.screen);
	loop_free(l.loop);
	free(l.picture.text);
	free(l.picture.styles);
	if (result != 0 || !l.ended)
		return result;
	return err_set(err, ERR_RETRY, "%s: %s", options->host != NULL ?
	    options->host : _("this post"), l.why);
}
