/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * display - the page for citizens on a second terminal (chot display).
 *
 * Looks at the station's status file, which names nobody, ten times a
 * second; shows where to hold the code, and one of two words once the
 * crossing is recorded. When the station does not run it says so.
 */
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 100
#define LIVE_TEXT_MAX 16384
#define CTRL_Q 0x11
#define QUIT_MS 3000

struct display {
	const struct conf *conf;
	const char *lane; /* title */
	enum language language;
	struct loop *loop;
	struct screen *screen;
	struct view view; /* large */
	char path[CONF_PATH_MAX + 16], lock[CONF_PATH_MAX + 16];
	int64_t quit_ms, painted_ms;
	bool stop;
};

static void
look_at_lane(struct display *d, const char *text)
{
	struct view_lane *lane = &d->view.lane;
	char find[64], phase[16] = "", verdict[16] = "", recorded[16] = "";
	const char *at;

	snprintf(find, sizeof(find), "\nlane %.31s: ", d->lane);
	at = strstr(text, find);
	if (at == NULL || sscanf(at + strlen(find), "%15s %15s waiting %*d%15[ a-z]",
	    phase, verdict, recorded) < 2)
		return;
	if (strcmp(phase, "gathering") == 0) {
		lane->phase = PHASE_GATHER;
		lane->needs_temperature = true;
	} else if (strcmp(phase, "verdict") == 0) {
		lane->phase = PHASE_VERDICT;
		lane->judgement.verdict = strcmp(verdict, "pass") == 0 ?
		    VERDICT_PASS : VERDICT_CHECK;
		lane->recorded = strcmp(recorded, " recorded") == 0 ?
		    RECORDED_DONE : RECORDED_NOT_YET;
	}
}

static void
look(void *arg)
{
	struct display *d = arg;
	struct view *view = &d->view;
	size_t n;
	char *text = NULL;

	memset(view, 0, sizeof(*view));
	snprintf(view->station_id, sizeof(view->station_id), "%s", d->conf->id);
	snprintf(view->station_name, sizeof(view->station_name), "%s",
	    d->conf->name);
	view->language = d->language;
	view->utc_offset_s = d->conf->utc_offset_s;
	view->at = loop_wall(d->loop);
	view->clock = CLOCK_CONFIRMED; /* it only shows hours and minutes */
	view->citizen = true;
	if (lock_owner(d->lock) != 0)
		text = file_read(d->path, LIVE_TEXT_MAX, &n, NULL);
	if (text != NULL) {
		look_at_lane(d, text);
		view->training = strstr(text, "\ntraining yes\n") != NULL;
	} else {
		snprintf(view->troubles[view->ntroubles++], VIEW_TEXT_MAX,
		    "%s", _("The station does not run"));
	}
	free(text);
	screen_draw(d->screen, view);
	if (loop_now_ms(d->loop) - d->painted_ms >= SCREEN_REPAINT_MS) {
		d->painted_ms = loop_now_ms(d->loop);
		screen_repaint(d->screen);
	}
	loop_at(d->loop, loop_now_ms(d->loop) + LOOK_MS, look, d);
}

static void
on_terminal(void *arg, int fd, short revents)
{
	struct display *d = arg;
	unsigned char bytes[64];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	int64_t now = loop_now_ms(d->loop);

	(void)revents;
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		d->stop = true;
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] != CTRL_Q || strcmp(d->conf->mode, "kiosk") == 0)
			continue;
		d->stop = d->stop || (d->quit_ms != 0 &&
		    now - d->quit_ms <= QUIT_MS);
		d->quit_ms = now;
	}
}

static void
on_signal(void *arg, int signo)
{
	struct display *d = arg;

	if (signo == SIGWINCH)
		screen_resize(d->screen);
	else
		d->stop = true;
}

static int
watch(struct display *d, struct err *err)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGWINCH };

	for (size_t i = 0; i < nitems(signals); i++)
		if (loop_signal(d->loop, signals[i], on_signal, d, err) != 0)
			return -1;
	if (loop_watch(d->loop, STDIN_FILENO, POLLIN, on_terminal, d, err) != 0)
		return -1;
	look(d);
	while (!d->stop)
		if (loop_turn(d->loop, -1, err) != 0)
			return -1;
	return 0;
}

int
station_display(const struct conf *conf, const char *lane, struct err *err)
{
	struct display *d = calloc(1, sizeof(*d)); /* large: its view */
	int result = -1;

	if (d == NULL)
		mem_none();
	d->conf = conf;
	d->language = language_choose(conf);
	d->lane = lane != NULL ? lane : conf->lanes[0].title;
	snprintf(d->path, sizeof(d->path), "%s/status", conf->run);
	snprintf(d->lock, sizeof(d->lock), "%s/station.lock", conf->state);
	d->loop = loop_new(err);
	if (d->loop != NULL)
		d->screen = screen_open(conf->theme, err);
	if (d->screen != NULL)
		result = watch(d, err);
	screen_close(d->screen);
	loop_free(d->loop);
	free(d);
	return result;
}
