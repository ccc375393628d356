/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * station - wires the post together: one thread, one poll loop.
 *
 * Readers, look-up, recorder and keys come in as callbacks; each is handed to
 * the session or the desk, which are pure; then the effects they left are
 * carried out and the screen is drawn, once a turn.
 */
#include "parts.h"
#include "shoulder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define LIVE_MS 5000        /* the status file is at most this old */
#define LIST_MS 600000      /* how often the age of the lists is asked */

/* ---- the officer's keys ------------------------------------------------------------------ */

static void
on_input(void *arg, const struct input *input)
{
	struct station *st = arg;
	struct moment m = station_moment(st);

	if (office_input(st, input)) {
		station_carry_out(st);
		return;
	}
	switch (desk_input(&st->desk, &st->lanes[st->active].session, input,
	    &m)) {
	case DESK_QUIT:
		st->stop = true;
		break;
	case DESK_REDRAW:
		if (st->screen != NULL)
			screen_redraw(st->screen);
		break;
	case DESK_CLOCK:
		station_confirm_clock(st, st->desk.clock_at, "officer");
		break;
	case DESK_LANE:
		st->active = (st->active + 1) % st->nlanes;
		break;
	case DESK_LEADER:
		leader_ask_pass(st, st->desk.leader_why,
		    st->desk.leader_corrects);
		break;
	case DESK_SURGE:
		leader_ask_surge(st, st->desk.surge_minutes);
		break;
	case DESK_POST:
		office_open(st);
		break;
	case DESK_MAIL:
		office_mail(st);
		break;
	case DESK_LOCK:
		office_lock(st);
		break;
	case DESK_RAW:
		leader_ask_raw(st);
		break;
	case DESK_STAY:
		break;
	}
	if (st->desk.window != WINDOW_DEVICES)
		station_raw(st); /* left: nobody sees them any more */
	station_carry_out(st);
}

static void
on_terminal(void *arg, int fd, short revents)
{
	struct station *st = arg;
	unsigned char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n > 0)
		keys_push(st->keys, bytes, (size_t)n, loop_now_ms(st->loop),
		    on_input, st);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		st->stop = true; /* the terminal is gone */
}

static void
on_signal(void *arg, int signo)
{
	struct station *st = arg;

	if (signo != SIGWINCH)
		st->stop = true;
	else if (st->screen != NULL)
		screen_resize(st->screen);
	st->dirty = true;
}

/* ---- time ------------------------------------------------------------------------------------- */

static void
on_wake(void *arg)
{
	struct station *st = arg;
	struct moment m = station_moment(st);

	st->wake = 0;
	keys_tick(st->keys, m.now_ms, on_input, st);
	for (size_t i = 0; i < st->nlanes; i++)
		session_tick(&st->lanes[i].session, &m);
	station_carry_out(st);
}

static void
on_second(void *arg)
{
	struct station *st = arg;
	int64_t now = loop_now_ms(st->loop);

	office_tick(st);
	shoulder_tick(st->shoulder);
	station_raw(st);
	on_wake(st);
	if (takeup_look(st->takeup, st)) {
		st->live_ms = 0; /* the pack stands in the status file */
		st->dirty = true;
	}
	if (st->screen != NULL && now - st->painted_ms >= SCREEN_REPAINT_MS &&
	    st->lanes[st->active].session.phase == PHASE_READY) {
		st->painted_ms = now;
		screen_repaint(st->screen);
	}
	if (now - st->list_ms >= LIST_MS) {
		st->list_ms = now;
		lookup_ask(st->lookup, 0, "", "", 0, "");
	}
	station_refresh_keys(st);
	loop_at(st->loop, now - now % 1000 + 1000, on_second, st);
}

/* One timer for the nearest of all deadlines. */
static void
rearm(struct station *st)
{
	struct moment m = station_moment(st);
	int64_t at = keys_deadline(st->keys);

	for (size_t i = 0; i < st->nlanes; i++) {
		int64_t one = session_deadline(&st->lanes[i].session, &m);

		if (one >= 0 && (at < 0 || one < at))
			at = one;
	}
	loop_cancel(st->loop, st->wake);
	st->wake = at < 0 ? 0 : loop_at(st->loop, at, on_wake, st);
}

/* ---- starting ------------------------------------------------------------------------------------------ */

static int
open_terminal(struct station *st, struct err *err)
{
	static const int ending[] = { SIGTERM, SIGINT, SIGHUP };
	char path[CONF_PATH_MAX + 16];
	int log_fd;

	/* A line on standard error would land in the middle of the screen. */
	snprintf(path, sizeof(path), "%s/station.log", st->conf->run);
	log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log_fd < 0)
		return err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	if (st->options->plain)
		st->plain = plain_open(stdout);
	else
		st->screen = screen_open(st->conf->theme, err);
	if (st->screen == NULL && st->plain == NULL) {
		close(log_fd);
		return -1;
	}
	st->stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(log_fd, STDERR_FILENO);
	close(log_fd);
	st->keys = keys_new(!st->desk.over_ssh);
	for (size_t i = 0; i < nitems(ending); i++)
		if (loop_signal(st->loop, ending[i], on_signal, st, err) != 0)
			return -1;
	if (loop_signal(st->loop, SIGWINCH, on_signal, st, err) != 0)
		return -1;
	return loop_watch(st->loop, STDIN_FILENO, POLLIN, on_terminal, st, err);
}

/* ---- running ---------------------------------------------------------------------------------------------- */

static int
work(struct station *st, struct err *err)
{
	int64_t now = loop_now_ms(st->loop);

	loop_at(st->loop, now - now % 1000 + 1000, on_second, st);
	st->dirty = true;
	while (!st->stop) {
		if (st->dirty) {
			station_draw(st);
			shoulder_drawn(st->shoulder);
		}
		if (st->live_ms == 0 ||
		    loop_now_ms(st->loop) - st->live_ms >= LIVE_MS)
			station_write_live(st);
		rearm(st);
		if (loop_turn(st->loop, -1, err) != 0)
			return -1;
	}
	return 0;
}

/* Who scans by keyboard all day must know at once why nothing happens. */
static void
say_ssh(struct station *st)
{
	struct moment m = station_moment(st);

	for (size_t i = 0; i < st->nlanes && st->desk.over_ssh; i++)
		session_note(&st->lanes[i].session, true, &m, "%s",
		    _("Over SSH: scans by keyboard are off"));
}

int
station_run(const struct conf *conf, const struct station_options *options,
    struct err *err)
{
	/* Large for its views: not on the stack. */
	struct station *st = calloc(1, sizeof(*st));
	int result = -1;

	if (st == NULL)
		mem_none();
	st->conf = conf;
	st->options = options;
	st->language = language_choose(conf);
	st->loop = loop_new(err);
	if (st->loop == NULL)
		goto out;
	if (station_prepare(st, err) != 0)
		goto close;
	station_open_lanes(st);
	st->desk.clock_floor = options->clock_floor;
	st->desk.kiosk = strcmp(conf->mode, "kiosk") == 0;
	st->desk.over_ssh = getenv("SSH_CONNECTION") != NULL;
	if (open_terminal(st, err) != 0)
		goto close;
	station_name_codes(st);
	if (station_start_children(st, err) == 0) {
		st->shoulder = shoulder_open(st);
		say_ssh(st);
		result = work(st, err);
	}
close:
	station_close(st);
out:
	free(st->lanes);
	free(st);
	return result;
}
