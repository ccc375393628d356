/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of the post as lines: gathered, judged, printed. Read it by
 * parts.h.
 */
#ifndef STATION_STATUS_H
#define STATION_STATUS_H

/* ---- status: what is known of the post from its files -------------------------------------------- */

#define STATUS_LINES_MAX 128
#define STATUS_NAME_MAX 56

struct status_line {
	char name[STATUS_NAME_MAX]; /* "device scanner 1", "clock", ... */
	char value[VIEW_TEXT_MAX * 4];
	bool number;                /* value is an integer */
};

struct status {
	size_t n;
	struct status_line lines[STATUS_LINES_MAX];
};
void status_add(struct status *status, bool number, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *status_find(const struct status *status, const char *name); /* or "" */
/* How the children of a running station are confined. */
void status_fences(struct status *status, pid_t station);
/* Adds "state" and, when it is not well, "findings". */
enum machine_level status_judge(struct status *status, bool hub, int64_t now);
void status_metrics(const struct status *status, FILE *out);
/* One JSON object of the lines; malloc'ed. */
char *status_json(const struct status *status);

#endif
