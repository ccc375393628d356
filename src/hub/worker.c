/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker - one serving process: its own keys, database connection and loop.
 * Told to end, it takes no new connection and finishes what was begun.
 */
#include "parts.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define PEM_MAX (1u << 20)
#define DRAIN_MS 10000
#define DRAIN_LOOK_MS 20

struct worker {
	struct http_setup setup;
	struct http *http;
	struct ca *ca;
	int64_t drain_until_ms; /* 0: not told to end */
};

static int
load_tls(struct http_setup *setup, struct err *err)
{
	const struct hub_options *options = setup->options;
	size_t len;

	if (options->proxy != NULL)
		return 0;
	setup->certificate = file_read(options->certificate, PEM_MAX, &len,
	    err);
	if (setup->certificate == NULL)
		return -1;
	setup->key = file_read(options->key, PEM_MAX, &len, err);
	if (setup->key == NULL)
		return -1;
	setup->ca = file_read(options->ca, PEM_MAX, &len, err);
	return setup->ca == NULL ? -1 : 0;
}

static void
drain(void *arg)
{
	struct worker *worker = arg;
	int64_t now_ms = loop_now_ms(worker->setup.loop);

	if (!http_busy(worker->http) || now_ms >= worker->drain_until_ms)
		loop_stop(worker->setup.loop);
	else
		loop_at(worker->setup.loop, now_ms + DRAIN_LOOK_MS, drain,
		    worker);
}

static void
on_end(void *arg, int signo)
{
	struct worker *worker = arg;

	(void)signo;
	if (worker->drain_until_ms != 0)
		return;
	worker->drain_until_ms = loop_now_ms(worker->setup.loop) + DRAIN_MS;
	http_quiesce(worker->http);
	drain(worker);
}

static int
serve(struct worker *worker, struct err *err)
{
	struct loop *loop = worker->setup.loop;

	worker->http = http_start(&worker->setup, err);
	if (worker->http == NULL)
		return -1;
	if (loop_signal(loop, SIGTERM, on_end, worker, err) < 0 ||
	    loop_signal(loop, SIGINT, NULL, NULL, err) < 0 ||
	    loop_signal(loop, SIGHUP, NULL, NULL, err) < 0)
		return -1;
	return loop_run(loop, err);
}

int
worker_run(const struct hub_options *options, int listen_fd)
{
	struct worker worker = { .setup = { .listen_fd = listen_fd,
		.options = options } };
	struct http_setup *setup = &worker.setup;
	struct keys *keys = NULL;
	struct err err = { 0 };
	int ret = -1;

	setup->loop = loop_new(&err);
	setup->db = db_new(options->database);
	if (setup->loop != NULL && load_tls(setup, &err) == 0 &&
	    enrol_load(options, &worker.ca, &err) == 0)
		keys = keys_load(options->keys, options->sign, &err);
	setup->keys = keys;
	setup->signer = worker.ca;
	if (keys != NULL)
		ret = serve(&worker, &err);
	if (ret < 0)
		log_line(0, LOG_LEVEL_FAULT, "worker: %s", err.text);
	if (worker.http != NULL)
		http_stop(worker.http);
	keys_free(keys);
	ca_free(worker.ca);
	db_free(setup->db);
	if (setup->key != NULL)
		explicit_bzero(setup->key, strlen(setup->key));
	free(setup->certificate);
	free(setup->key);
	free(setup->ca);
	loop_free(setup->loop);
	return ret < 0 ? err_exit_status(&err) : EX_OK;
}
