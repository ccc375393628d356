/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watch - many posts in one table, asked for their status over ssh, or as the
 * pages that they left at their hub.
 *
 * Read-only: it runs `chot status --json` there and nothing else. What comes
 * back is hostile until it is read: bounded, cleaned, and given five seconds.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base.h"

#define WATCH_POSTS_MAX 500       /* hosts: a process of ssh each */
#define WATCH_HUB_POSTS_MAX 20000 /* of a hub: lines of one answer */
#define WATCH_HOST_MAX 128  /* bytes with the NUL */
#define WATCH_EVERY_S 5
#define WATCH_HUB_EVERY_S 30
#define WATCH_ANSWER_MS 5000

struct watch_options {
	const char *self;      /* path of chot, for this post */
	const char *conf;      /* of this post, NULL: the default */
	char *const *hosts;    /* none: this post alone */
	size_t nhosts;
	bool hub;              /* its status pages instead */
	const char *hub_url;   /* NULL: that of the configuration */
	const char *sync;      /* path of chot-sync, for a hub */
	int every_s;
	bool once, json, colour;
};

/* Hosts of a file, one a line; what follows '#' is a comment. Returns how
 * many were put behind the n that are there, or -1. Names are malloc'ed. */
int watch_hosts(const char *path, char *hosts[WATCH_POSTS_MAX], size_t n,
    struct err *err);
/* What may stand for a host on a command line of ssh: no option, no shell. */
bool watch_host_good(const char *host);

/* ---- over the officer's shoulder ------------------------------------------------- */

#define LOOK_WHO_MAX 64

struct look_options {
	const char *self; /* path of chot, for this post */
	const char *conf; /* of this post, NULL: the default */
	const char *host; /* NULL: this post */
	const char *who;  /* who looks, "": the account */
};

/* A copy of the screen of a post, on this terminal, until the person leaves
 * or the post ends it: then -1, and err says why. */
int watch_look(const struct look_options *options, struct err *err);
/* The same as lines, at the post itself: run is its run directory. Who looks
 * from where is what the officer sees and what is recorded. */
int watch_relay(const char *run, const char *from, const char *who,
    struct err *err);

/* ---- many posts -------------------------------------------------------------------- */

/* Until the person leaves, a signal, or with once every post was asked once.
 * *worst: 0 all well, 1 attention, 2 failing or not reached. */
int watch_posts(const struct watch_options *options, int *worst,
    struct err *err);

#endif
