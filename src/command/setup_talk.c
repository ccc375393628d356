/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_talk - runs a program as the station would, and waits for it alone.
 */
#include "parts.h"
#include "setup_talk.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_BYTES 9000
#define NEVER_MS 3600000

struct state {
	const struct talk *talk;
	struct loop *loop;
	struct child *child;
	char *words;
	int result;
	bool said, over;
};

static void
end(struct state *s, int result)
{
	s->result = result;
	s->over = true;
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct state *s = arg;

	(void)len;
	if (s->over)
		return;
	if (s->talk->after != NULL && !s->said &&
	    strncmp(line, s->talk->after, strlen(s->talk->after)) == 0) {
		s->said = true;
		child_send(s->child, s->talk->input, NULL);
	}
	if (strncmp(line, "fault ", 6) == 0)
		text_clean(line + 6, strlen(line + 6), s->words, 200);
	if (s->talk->heard(s->talk->arg, line))
		end(s, 1);
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct state *s = arg;

	if (state != CHILD_DOWN || s->over)
		return;
	if (s->words[0] == '\0')
		text_clean(words, strlen(words), s->words, 200);
	end(s, -1);
}

static void
on_time(void *arg)
{
	end(arg, 0);
}

int
talk_run(const struct talk *talk, char words[200])
{
	struct state s = { .talk = talk, .words = words, .result = -1 };
	struct child_spec spec = { .name = "setup", .argv = talk->argv,
		.line_max = LINE_BYTES, .restart_min_ms = NEVER_MS,
		.restart_max_ms = NEVER_MS, .on_line = on_line,
		.on_state = on_state, .arg = &s };
	struct err err = { 0 };

	words[0] = '\0';
	s.loop = loop_new(&err);
	s.child = s.loop != NULL ? child_start(s.loop, &spec, &err) : NULL;
	if (s.child == NULL) {
		snprintf(words, 200, "%.199s", err.text);
		loop_free(s.loop);
		return -1;
	}
	if (talk->input != NULL && talk->after == NULL)
		child_send(s.child, talk->input, NULL);
	loop_at(s.loop, loop_now_ms(s.loop) + talk->wait_ms, on_time, &s);
	while (!s.over && loop_turn(s.loop, -1, NULL) == 0)
		;
	child_stop(s.child);
	loop_free(s.loop);
	/* What a scanner typed meanwhile answers no question that comes now. */
	if (isatty(STDIN_FILENO))
		tcflush(STDIN_FILENO, TCIFLUSH);
	return s.result;
}
