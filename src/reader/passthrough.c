/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * passthrough - exec:COMMAND, any program that prints event lines.
 *
 * Its lines are checked before they are passed on; its end is the end of
 * input. It is told the commands. A program that says "ok" by itself has to
 * go on doing so; for one that never does, we say it while it runs.
 */
#include "parts.h"

#include <string.h>

#define NEVER_MS (INT64_C(1) << 40) /* it is the station that starts us again */

struct passthrough {
	struct reader *reader;
	struct child *child;
};

static void
on_line(void *arg, char *line, size_t len)
{
	struct passthrough *passthrough = arg;
	struct reader *reader = passthrough->reader;

	(void)len;
	if (strcmp(line, "ok") == 0 || strncmp(line, "ok ", 3) == 0)
		reader_quiet(reader);
	intake_line(&reader->intake, line, loop_now_ms(reader->loop));
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct passthrough *passthrough = arg;
	struct reader *reader = passthrough->reader;
	struct err err;

	if (state != CHILD_DOWN)
		return;
	if (strcmp(words, "ended with status 0") == 0) {
		reader_stop(reader, NULL);
		return;
	}
	intake_fault(&reader->intake, N_("the program %s"), words);
	err_set(&err, ERR_ABSENT, "the program %s", words);
	reader_stop(reader, &err);
}

static void
on_event(void *arg, const struct event *event)
{
	struct passthrough *passthrough = arg;

	reader_say(passthrough->reader, event);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
}

static void
on_command(struct reader *reader, const char *line)
{
	struct passthrough *passthrough = reader->live;

	if (strcmp(line, "raw") == 0)
		intake_command(&reader->intake, line,
		    loop_now_ms(reader->loop));
	else if (child_send(passthrough->child, line, NULL) < 0)
		intake_fault(&reader->intake, N_("no device for the command"));
}

int
run_exec(struct reader *reader, struct err *err)
{
	struct passthrough passthrough = { .reader = reader };
	const struct sink sink = { on_event, on_send, &passthrough };
	char shell[] = "/bin/sh", option[] = "-c";
	char command[CONF_DEVICE_MAX];
	char *argv[] = { shell, option, command, NULL };
	const struct child_spec spec = {
		.name = reader_role_word(reader->settings.role),
		.argv = argv, .line_max = EVENT_LINE_MAX,
		.restart_min_ms = NEVER_MS, .restart_max_ms = NEVER_MS,
		.on_line = on_line, .on_state = on_state,
		.arg = &passthrough,
	};
	int done;

	strcpy(command, reader->device->path);
	intake_init(&reader->intake, &reader->settings, &sink);
	reader->live = &passthrough;
	reader->on_command = on_command;
	passthrough.child = child_start(reader->loop, &spec, err);
	if (passthrough.child == NULL)
		return -1;
	reader_alive(reader);
	done = loop_run(reader->loop, err);
	child_stop(passthrough.child);
	return done;
}
