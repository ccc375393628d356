/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the modules of the program chot-sync share: sync.c tries, watch.c
 * goes on trying, tell.c says what came of it.
 */
#ifndef SYNC_CLIENT_H
#define SYNC_CLIENT_H

#include "parts.h"

#define ASK_PAGE_MAX 60000 /* bytes; the hub takes 64 KiB */

struct ask { /* a process that may run chot status */
	pid_t pid;
	int to, from; /* -1: none */
};

struct client {
	const struct conf *conf;
	const struct sync_options *options;
	struct loop *loop;
	struct ledger *ledger;
	struct http *http;
	struct ask ask;
	struct link link;
	struct run run;
	struct push_result result;
	char lock[SYNC_PATH_MAX];
	int lock_fd;
	bool stopping;
	bool audited; /* the lists in force, once a process */
	bool woken, urgent; /* by a signal or a line: wake, now */
	int64_t renew_after_ms; /* not before */
	bool waited;        /* client_wait() is over */
	int lists;          /* that came into force since the start */
	bool drawn;         /* a line of progress is on the terminal */
	/* Said last, for watch. */
	bool told;
	int64_t told_acknowledged, told_waiting, told_oldest, told_refused;
	uint32_t told_epoch;
	char told_trouble[SYNC_WORDS_MAX];
	char line[SYNC_LINE_MAX + 1]; /* coming in */
	struct lines lines;
};

/* sync.c */
void client_try(struct client *s);
int client_check_hub(const struct conf *conf, struct err *err);
bool client_first(const struct client *s);
bool client_tick(void *arg); /* for http_new(): ends a request when it is to */

/* ask.c; to be started before fence_sync() */
void ask_start(struct ask *ask, const char *chot, const char *config);
size_t ask_page(struct ask *ask, char page[ASK_PAGE_MAX]); /* 0: none */
void ask_end(struct ask *ask);

/* aside.c: when all else is sent */
void aside_push(struct client *s);

/* page.c: after a sync that went well, too */
void page_leave(struct client *s);

/* renew.c: after a sync that went well */
void renew_when_due(struct client *s);

/* tell.c */
int client_signals(struct client *s, struct err *err);
/* Until it is over, or stopping, or urgent. */
void client_wait(struct client *s, int64_t ms);
void client_progress(void *arg, int64_t sent, int64_t waiting);
void client_pulled(void *arg, int64_t bytes, int64_t of);
void client_request(void *arg, const struct http_reply *reply, bool good);
void client_count(struct client *s); /* what waits, from the files */
int client_report(struct client *s, int status); /* gives status back */

/* watch.c */
int watch_run(struct client *s, struct err *err);
void watch_link(struct client *s);

#endif
