/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorder - the recorder alone, for tests that kill it.
 *
 *   recorder keys NAME              make NAME.pub and NAME.key
 *   recorder serve DB STATION PUB   as `chot recorder`; also as "recorder
 *                                   recorder", as a station starts its own
 *   recorder check DB KEY           verify; then "ID BODY" for each record
 *
 * recorder-broken is the same with the fault the tests must find: it says
 * done before it commits (lazy.c).
 */
#include "outbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
check(const char *path, const char *key, struct err *err)
{
	struct outbox *box = outbox_open(path, OUTBOX_READ, NULL, NULL, err);
	struct outbox_item item;
	int64_t seq = 0;
	int found = -1;

	if (box != NULL && outbox_verify(box, err) >= 0)
		while ((found = outbox_next(box, seq, &item, err)) > 0) {
			char id[OUTBOX_ID_MAX];
			size_t len;
			char *body = outbox_open_item(&item, key, &len, err);

			if (body == NULL)
				break;
			outbox_id_print(outbox_station(box), item.id, id);
			printf("%s %s\n", id, body);
			free(body);
			seq = item.id.seq;
		}
	outbox_close(box);
	return found == 0 ? 0 : -1;
}

static int
keys(const char *name, struct err *err)
{
	char pub[4096], key[4096];

	snprintf(pub, sizeof(pub), "%s.pub", name);
	snprintf(key, sizeof(key), "%s.key", name);
	return seal_key_make(pub, key, err);
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	int ret;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "keys") == 0)
		ret = keys(argv[2], &err);
	else if (argc == 4 && strcmp(argv[1], "check") == 0)
		ret = check(argv[2], argv[3], &err);
	else if (argc == 5 && (strcmp(argv[1], "serve") == 0 ||
	    strcmp(argv[1], "recorder") == 0))
		ret = recorder_serve(argv[2], argv[3], argv[4], STDIN_FILENO,
		    STDOUT_FILENO, &err);
	else
		ret = err_set(&err, ERR_USAGE,
		    "keys NAME | serve DB STATION PUB | check DB KEY");
	if (ret < 0)
		fprintf(stderr, "recorder: %s\n", err.text);
	return ret < 0 ? err_exit_status(&err) : 0;
}
