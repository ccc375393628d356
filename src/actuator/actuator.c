/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actuator - the process: roles, command lines in, answers out, the end.
 */
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const roles[] = {
	[ACTUATOR_PRINTER] = "printer",
	[ACTUATOR_RELAY] = "relay",
	[ACTUATOR_SOUND] = "sound",
};

int
actuator_role_parse(const char *word, enum actuator_role *role)
{
	for (size_t i = 0; i < nitems(roles); i++)
		if (strcmp(word, roles[i]) == 0) {
			*role = (enum actuator_role)i;
			return 0;
		}
	return -1;
}

const char *
actuator_role_word(enum actuator_role role)
{
	return roles[role];
}

int
actuator_check(enum actuator_role role, const struct device *device,
    struct err *err)
{
	struct tuning tuning;

	return tuning_fill(role, device, &tuning, err);
}

/* ---- out ------------------------------------------------------------------- */

static void
stop(struct actuator *a, const struct err *err)
{
	if (!a->stopped && err != NULL) {
		a->failed = true;
		a->err = *err;
	}
	a->stopped = true;
	loop_stop(a->loop);
}

void
actuator_done(struct actuator *a)
{
	stop(a, NULL);
}

void
actuator_say(void *arg, const char *line)
{
	struct actuator *a = arg;
	char text[SAY_MAX + 2];
	struct err err;
	size_t n;

	if (a->stopped)
		return;
	n = text_clean(line, strlen(line), text, SAY_MAX);
	text[n++] = '\n';
	if (file_write_all(a->options->out_fd, text, n) == 0)
		return;
	err_set(&err, ERR_ABSENT, "nobody takes the answers: %s",
	    strerror(errno));
	stop(a, &err);
}

void
sink_say(const struct sink_out *sink, const char *format, ...)
{
	char line[SAY_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	sink->say(sink->arg, line);
}

void
sink_fault(const struct sink_out *sink, unsigned n, const char *format, ...)
{
	char words[SAY_MAX - 32];
	va_list ap;

	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	sink_say(sink, "fault %u %s", n, words);
}

void
actuator_quiet(struct actuator *a)
{
	loop_cancel(a->loop, a->ok_timer);
	a->ok_timer = 0;
}

static void
on_ok_timer(void *arg)
{
	actuator_alive(arg);
}

void
actuator_alive(struct actuator *a)
{
	actuator_quiet(a);
	actuator_say(a, "ok");
	a->ok_timer = loop_at(a->loop, loop_now_ms(a->loop) + ACTUATOR_OK_MS,
	    on_ok_timer, a);
}

/* ---- in ---------------------------------------------------------------------- */

static void
refuse(struct actuator *a, const char *why)
{
	const struct sink_out sink = { .say = actuator_say, .arg = a };

	sink_fault(&sink, 0, "%s", why);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct actuator *a = arg;
	struct order order;
	struct err err = { .text = "" };

	(void)len;
	if (a->stopped || len == 0)
		return;
	if (order_parse(line, &order, &err) < 0)
		refuse(a, err.text);
	else
		a->way->order(a, &order);
}

static void
on_input(void *arg, int fd, short revents)
{
	struct actuator *a = arg;
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)revents;
	if (n > 0) {
		lines_push(&a->lines, bytes, (size_t)n, on_line, a);
		if (a->lines.dropped != a->dropped)
			refuse(a, N_("an order that is too long, or no text"));
		a->dropped = a->lines.dropped;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		loop_drop(a->loop, fd);
		a->last = true;
		a->way->last(a);
	}
}

static void
on_signal(void *arg, int signo)
{
	(void)signo;
	stop(arg, NULL);
}

/* ---- the run --------------------------------------------------------------------- */

static void
on_start(void *arg)
{
	struct actuator *a = arg;
	struct err err = { .text = "" };

	/* A file cannot be polled for, but it is read all the same. */
	if (loop_watch(a->loop, a->options->in_fd, POLLIN, on_input, a,
	    &err) < 0)
		stop(a, &err);
}

static int
run(struct actuator *a, struct err *err)
{
	const struct sink_out sink = { .say = actuator_say, .arg = a };
	int done;

	if (loop_signal(a->loop, SIGTERM, on_signal, a, err) < 0 ||
	    loop_signal(a->loop, SIGINT, on_signal, a, err) < 0 ||
	    loop_signal(a->loop, SIGHUP, on_signal, a, err) < 0)
		return -1;
	lines_init(&a->lines, a->line, sizeof(a->line) - 1);
	printlog_open(&a->log, a->options->log);
	sink_say(&sink, "hello 1 %s", roles[a->tuning.role]);
	/* Orders are read when there is something that can take them. */
	loop_at(a->loop, 0, on_start, a);
	if (a->tuning.role == ACTUATOR_SOUND)
		done = run_sound(a, err);
	else if (a->device->transport == TRANSPORT_EXEC)
		done = run_jobs(a, err);
	else
		done = run_wire(a, err);
	if (done == 0 && a->failed) {
		if (err != NULL)
			*err = a->err;
		return -1;
	}
	return done;
}

int
actuator_run(enum actuator_role role, const struct device *device,
    const struct actuator_options *options, struct err *err)
{
	struct actuator *a = calloc(1, sizeof(*a));
	int done = -1;

	if (a == NULL)
		mem_none();
	a->device = device;
	a->options = options;
	if (tuning_fill(role, device, &a->tuning, err) == 0) {
		a->loop = loop_new(err);
		if (a->loop != NULL)
			done = run(a, err);
		loop_free(a->loop);
	}
	free(a);
	return done;
}
