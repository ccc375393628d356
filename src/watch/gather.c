/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather - all posts as their hub knows them: chot-sync asks it, since no
 * other program here speaks HTTPS, and prints a line a post. A round counts
 * when all of it came; until then the one before stays.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 30000 /* until the next line */

void
gather_end(struct gather *g)
{
	child_stop(g->child);
	g->child = NULL;
	loop_cancel(g->loop, g->timer);
	g->timer = 0;
	posts_free(g->posts, g->n);
	g->posts = NULL;
	g->n = g->room = 0;
}

static void
finish(struct gather *g)
{
	child_stop(g->child);
	g->child = NULL;
	loop_cancel(g->loop, g->timer);
	g->timer = 0;
	g->done(g->arg);
}

static void
on_timeout(void *arg)
{
	struct gather *g = arg;

	g->timer = 0;
	g->whole = false;
	snprintf(g->why, sizeof(g->why), "%s", _("no answer of the hub"));
	finish(g);
}

static void
wait_for_more(struct gather *g)
{
	loop_cancel(g->loop, g->timer);
	g->timer = loop_at(g->loop, loop_now_ms(g->loop) + ANSWER_MS,
	    on_timeout, g);
}

static void
on_post(struct gather *g, const char *line, size_t len)
{
	struct post post = { .asked = true };
	struct err err = { 0 };

	if (g->n == WATCH_HUB_POSTS_MAX) {
		snprintf(g->why, sizeof(g->why),
		    _("the hub has more than %d posts"), WATCH_HUB_POSTS_MAX);
		finish(g);
	} else if (report_page(line, len, &post, loop_wall(g->loop), &err) != 0) {
		snprintf(g->why, sizeof(g->why), _("not understood: %s"),
		    err.text);
		finish(g);
	} else {
		if (g->n == g->room) {
			g->room = g->room * 2 + 64;
			g->posts = mem_retake(g->posts, g->room *
			    sizeof(*g->posts));
		}
		post.heard_ms += loop_now_ms(g->loop);
		g->posts[g->n++] = post;
		wait_for_more(g);
	}
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct gather *g = arg;

	if (line[0] == '{')
		on_post(g, line, len);
	else if (strcmp(line, ".") == 0)
		g->whole = true;
	else
		text_clean(line, len, g->why, sizeof(g->why));
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct gather *g = arg;

	if (state != CHILD_DOWN)
		return;
	if (!g->whole && g->why[0] == '\0')
		text_clean(words, strlen(words), g->why, sizeof(g->why));
	finish(g);
}

void
gather_ask(struct gather *g)
{
	const struct watch_options *o = g->options;
	/* The shell joins complaints to what is said, and says the end. */
	char *argv[] = { (char *)"/bin/sh", (char *)"-c",
		(char *)"\"$0\" --stations \"$@\" 2>&1 && echo .",
		(char *)o->sync, NULL, NULL, NULL, NULL, NULL };
	struct child_spec spec = { .name = "chot-sync", .argv = argv,
		.line_max = REPORT_BYTES_MAX, .restart_min_ms = 3600000,
		.restart_max_ms = 3600000, .on_line = on_line,
		.on_state = on_state, .arg = g };
	struct err err = { 0 };
	int n = 4;

	if (o->conf != NULL) {
		argv[n++] = (char *)"-c";
		argv[n++] = (char *)o->conf;
	}
	if (o->hub_url != NULL) {
		argv[n++] = (char *)"--url";
		argv[n++] = (char *)o->hub_url;
	}
	posts_free(g->posts, g->n);
	g->posts = NULL;
	g->n = g->room = 0;
	g->whole = false;
	g->why[0] = '\0';
	wait_for_more(g);
	g->child = child_start(g->loop, &spec, &err);
	if (g->child != NULL)
		return;
	snprintf(g->why, sizeof(g->why), "%.300s", err.text);
	finish(g);
}
