/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader - the process: roles, event lines out, command lines in, the end.
 *
 * Where the bytes come from is the business of live.c, passthrough.c and
 * replay.c.
 */
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const roles[] = {
	[ROLE_SCANNER] = "scanner",
	[ROLE_THERMOMETER] = "thermometer",
	[ROLE_CAMERA] = "camera",
	[ROLE_PLATE] = "plate",
};

int
reader_role_parse(const char *word, enum reader_role *role)
{
	for (size_t i = 0; i < nitems(roles); i++)
		if (strcmp(word, roles[i]) == 0) {
			*role = (enum reader_role)i;
			return 0;
		}
	return -1;
}

const char *
reader_role_word(enum reader_role role)
{
	return roles[role];
}

int
reader_check(enum reader_role role, const struct device *device,
    struct err *err)
{
	struct settings settings;

	return settings_fill(role, device, &settings, err);
}

/* ---- out ------------------------------------------------------------------- */

void
reader_stop(struct reader *reader, const struct err *err)
{
	if (!reader->stopped && err != NULL) {
		reader->failed = true;
		reader->err = *err;
	}
	reader->stopped = true;
	loop_stop(reader->loop);
}

void
reader_say(struct reader *reader, const struct event *event)
{
	struct err err;
	size_t n;

	if (reader->stopped)
		return;
	n = event_print(event, reader->line);
	reader->line[n++] = '\n';
	if (file_write_all(reader->options->out_fd, reader->line, n) < 0) {
		err_set(&err, ERR_ABSENT, "nobody takes the events: %s",
		    strerror(errno));
		reader_stop(reader, &err);
		return;
	}
	if (event->kind != EVENT_SCAN && event->kind != EVENT_TEMP &&
	    event->kind != EVENT_PLATE)
		return;
	reader->readings++;
	if (reader->options->readings > 0 &&
	    reader->readings >= reader->options->readings)
		reader_stop(reader, NULL);
}

static void
say_plain(struct reader *reader, enum event_kind kind)
{
	/* A fresh one: the intake may be in the middle of its own. */
	struct event *event = calloc(1, sizeof(*event));

	if (event == NULL)
		mem_none();
	event->kind = kind;
	event->version = 1;
	strcpy(event->word, roles[reader->settings.role]);
	reader_say(reader, event);
	free(event);
}

void
reader_quiet(struct reader *reader)
{
	loop_cancel(reader->loop, reader->ok_timer);
	reader->ok_timer = 0;
}

static void
on_ok_timer(void *arg)
{
	reader_alive(arg);
}

/* An adapter without a living sensor behind it opens as well as any. */
void
reader_alive(struct reader *reader)
{
	reader_quiet(reader);
	if (intake_mute(&reader->intake))
		intake_fault(&reader->intake, "does not answer");
	else
		say_plain(reader, EVENT_OK);
	reader->ok_timer = loop_at(reader->loop,
	    loop_now_ms(reader->loop) + READER_OK_MS, on_ok_timer, reader);
}

/* ---- in ---------------------------------------------------------------------- */

static void
on_command_line(void *arg, char *line, size_t len)
{
	struct reader *reader = arg;

	(void)len;
	if (!reader->stopped)
		reader->on_command(reader, line);
}

static void
on_input(void *arg, int fd, short revents)
{
	struct reader *reader = arg;
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n > 0)
		lines_push(&reader->commands, bytes, (size_t)n,
		    on_command_line, reader);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		/* No more commands; the device goes on. */
		loop_drop(reader->loop, fd);
}

static void
on_signal(void *arg, int signo)
{
	(void)signo;
	reader_stop(arg, NULL);
}

/* ---- the run --------------------------------------------------------------------- */

static int
run(struct reader *reader, struct err *err)
{
	int done;

	if (loop_signal(reader->loop, SIGTERM, on_signal, reader, err) < 0 ||
	    loop_signal(reader->loop, SIGINT, on_signal, reader, err) < 0)
		return -1;
	lines_init(&reader->commands, reader->command,
	    sizeof(reader->command) - 1);
	/* A file or nothing as standard input is no reason to fail. */
	if (reader->options->in_fd >= 0)
		loop_watch(reader->loop, reader->options->in_fd, POLLIN,
		    on_input, reader, NULL);
	say_plain(reader, EVENT_HELLO);
	if (reader->device->transport == TRANSPORT_EXEC)
		done = run_exec(reader, err);
	else if (reader->device->transport == TRANSPORT_TRACE)
		done = run_trace(reader, err);
	else
		done = run_link(reader, err);
	if (done == 0 && reader->failed) {
		if (err != NULL)
			*err = reader->err;
		return -1;
	}
	return done;
}

bool
reader_is_camera(const struct device *device)
{
	return device->transport == TRANSPORT_V4L2 ||
	    device->transport == TRANSPORT_IMAGES ||
	    device->transport == TRANSPORT_Y4M ||
	    device->transport == TRANSPORT_URL ||
	    device->transport == TRANSPORT_URLS;
}

int
reader_run(enum reader_role role, const struct device *device,
    const struct reader_options *options, struct err *err)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int done = -1;

	if (reader == NULL)
		mem_none();
	reader->device = device;
	reader->options = options;
	if (reader_is_camera(device))
		err_set(err, ERR_ABSENT, "chot-camera reads cameras");
	else if (device->transport == TRANSPORT_HTTP)
		err_set(err, ERR_ABSENT, "chot-plates takes events by HTTP");
	else if (settings_fill(role, device, &reader->settings, err) == 0) {
		reader->loop = loop_new(err);
		if (reader->loop != NULL)
			done = run(reader, err);
		loop_free(reader->loop);
	}
	free(reader);
	return done;
}
