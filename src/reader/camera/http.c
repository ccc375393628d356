/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http - frames of a camera in the network (IP camera, phone) by libcurl. Only
 * this file knows it.
 *
 * A multipart stream of JPEGs is followed for as long as it lasts; an address
 * that answers with one JPEG is asked again and again. A camera that goes away
 * is a fault line, and is asked again after a while. Only the newest frame is
 * looked at: a stream that we cannot follow must not show the past.
 */
#include "parts.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#define HTTP_RATE 10          /* pictures a second, where we ask for each */
#define HTTP_CONNECT_MS 5000L
#define HTTP_SILENT_S 10L     /* without a byte, or without a picture */
#define HTTP_AGAIN_MS 1000    /* the first wait, doubled each time */
#define HTTP_AGAIN_MAX_MS 10000
#define HTTP_BEHIND_MS 200    /* a frame waits so long for a newer one */

struct http {
	struct camera *camera;
	const struct device *device;
	CURLM *multi;
	CURL *curl;
	struct curl_slist *resolved;
	char url[CONF_DEVICE_MAX + 16], error[CURL_ERROR_SIZE];
	struct multipart parts;
	bool typed, single; /* the reply's type is known; it is one JPEG */
	bool bad;           /* a type that is no picture */
	struct frame_bytes {
		unsigned char *bytes;
		size_t len, room;
	} whole, newest;    /* of a single reply; what to look at next */
	bool waiting;       /* newest is to be looked at */
	int64_t since_ms;   /* the oldest frame it took the place of */
	int timer;          /* libcurl's, 0 for none */
	int again_ms, rate;
	int64_t good_ms;    /* of the last picture, or of asking */
	struct err *err;
};

static void start(void *arg);

/* ---- frames ----------------------------------------------------------------------------- */

static bool
put_bytes(struct frame_bytes *to, const unsigned char *bytes, size_t n)
{
	if (n > MULTIPART_PART_MAX - to->len)
		return false;
	if (to->len + n > to->room) {
		size_t room = 2 * (to->len + n);
		unsigned char *grown = realloc(to->bytes, room);

		if (grown == NULL)
			return false;
		to->bytes = grown;
		to->room = room;
	}
	memcpy(to->bytes + to->len, bytes, n);
	to->len += n;
	return true;
}

static bool
more_waits(const struct http *http)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	struct pollfd readable = { .events = POLLIN };

	if (http->curl == NULL || curl_easy_getinfo(http->curl,
	    CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
		return false;
	readable.fd = fd;
	return poll(&readable, 1, 0) > 0;
}

static void
on_frame(void *arg)
{
	struct http *http = arg;
	int64_t now_ms = loop_now_ms(http->camera->loop);
	struct grey *grey;
	struct err ignored;

	if (now_ms - http->since_ms < HTTP_BEHIND_MS && more_waits(http)) {
		loop_at(http->camera->loop, now_ms, on_frame, http);
		return;
	}
	http->waiting = false;
	/* Damaged frames are common over the air: they are not reported. */
	grey = jpeg_parse(http->newest.bytes, http->newest.len, &ignored);
	if (grey != NULL) {
		http->good_ms = now_ms;
		http->again_ms = HTTP_AGAIN_MS;
		camera_frame(http->camera, grey, false, now_ms);
	}
	grey_free(grey);
	if (report_done(&http->camera->report))
		loop_stop(http->camera->loop);
}

static void
take_frame(void *arg, const unsigned char *bytes, size_t n)
{
	struct http *http = arg;

	http->newest.len = 0;
	if (!put_bytes(&http->newest, bytes, n) || http->waiting)
		return;
	http->waiting = true;
	http->since_ms = loop_now_ms(http->camera->loop);
	loop_at(http->camera->loop, http->since_ms, on_frame, http);
}

static void
take_type(struct http *http)
{
	const char *type = NULL;
	struct err ignored;

	http->typed = true;
	curl_easy_getinfo(http->curl, CURLINFO_CONTENT_TYPE, &type);
	if (type == NULL)
		type = "";
	http->single = strncasecmp(type, "image/jp", 8) == 0;
	http->bad = !http->single &&
	    multipart_init(&http->parts, type, &ignored) != 0;
}

/* Anything but size ends the transfer. */
static size_t
on_body(char *bytes, size_t one, size_t n, void *arg)
{
	struct http *http = arg;
	const unsigned char *data = (const void *)bytes;

	(void)one;
	if (!http->typed)
		take_type(http);
	if (http->bad)
		return 0;
	if (http->single)
		return put_bytes(&http->whole, data, n) ? n : 0;
	multipart_push(&http->parts, data, n, take_frame, http);
	return n;
}

/* ---- libcurl on our loop -------------------------------------------------------------------- */

static void
end_transfer(struct http *http)
{
	if (http->curl != NULL) {
		curl_multi_remove_handle(http->multi, http->curl);
		curl_easy_cleanup(http->curl);
	}
	curl_slist_free_all(http->resolved);
	multipart_clear(&http->parts);
	http->curl = NULL;
	http->resolved = NULL;
}

/* The address without a password, which must not come into a log. */
static void
fault(struct http *http, const char *words)
{
	const char *host = http->device->path;
	const char *at = strchr(host, '@');

	host += strspn(host, "/");
	if (at != NULL && strcspn(host, "/") > (size_t)(at - host))
		host = at + 1;
	report_fault(&http->camera->report, host, words);
}

static void
again(struct http *http, int wait_ms)
{
	loop_at(http->camera->loop, loop_now_ms(http->camera->loop) + wait_ms,
	    start, http);
}

static void
fail_and_again(struct http *http, const char *words)
{
	end_transfer(http);
	fault(http, words);
	again(http, http->again_ms);
	http->again_ms *= 2;
	if (http->again_ms > HTTP_AGAIN_MAX_MS)
		http->again_ms = HTTP_AGAIN_MAX_MS;
	if (report_done(&http->camera->report))
		loop_stop(http->camera->loop);
}

static void
finish(struct http *http, CURLcode code)
{
	char words[CURL_ERROR_SIZE + 64];

	if (code == CURLE_OK && http->single && http->whole.len > 0) {
		take_frame(http, http->whole.bytes, http->whole.len);
		end_transfer(http);
		again(http, 1000 / http->rate);
		return;
	}
	snprintf(words, sizeof(words), "%s", http->bad ?
	    N_("the address shows no JPEG pictures") :
	    code == CURLE_OK ? N_("the camera has closed the connection") :
	    http->error[0] != '\0' ? http->error : curl_easy_strerror(code));
	fail_and_again(http, words);
}

static void
turn(struct http *http, curl_socket_t fd, int what)
{
	CURLMsg *message;
	int running, left;

	curl_multi_socket_action(http->multi, fd, what, &running);
	while ((message = curl_multi_info_read(http->multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE) {
			finish(http, message->data.result);
			return;
		}
}

static void
on_socket(void *arg, int fd, short revents)
{
	int what = (revents & POLLIN ? CURL_CSELECT_IN : 0) |
	    (revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
	    (revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR |
	    CURL_CSELECT_IN : 0);

	turn(arg, fd, what);
}

static void
on_timer(void *arg)
{
	struct http *http = arg;

	http->timer = 0;
	turn(http, CURL_SOCKET_TIMEOUT, 0);
}

static int
want_socket(CURL *curl, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct http *http = arg;
	short events = what == CURL_POLL_IN ? POLLIN :
	    what == CURL_POLL_OUT ? POLLOUT : POLLIN | POLLOUT;
	struct err ignored;

	(void)curl;
	(void)unused;
	loop_drop(http->camera->loop, fd);
	if (what == CURL_POLL_REMOVE)
		return 0;
	return loop_watch(http->camera->loop, fd, events, on_socket, http,
	    &ignored);
}

static int
want_timer(CURLM *multi, long wait_ms, void *arg)
{
	struct http *http = arg;

	(void)multi;
	if (http->timer > 0)
		loop_cancel(http->camera->loop, http->timer);
	http->timer = wait_ms < 0 ? 0 : loop_at(http->camera->loop,
	    loop_now_ms(http->camera->loop) + wait_ms, on_timer, http);
	return 0;
}

/* ---- asking ----------------------------------------------------------------------------------- */

/* libcurl would look a name up in a thread, which a confined process may not
 * have. Numbers it takes as they are. */
static void
resolve(struct http *http)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	char *host = NULL, *port = NULL, number[64], row[512];
	CURLU *url = curl_url();

	if (url == NULL)
		return;
	if (curl_url_set(url, CURLUPART_URL, http->url, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_PORT, &port,
	    CURLU_DEFAULT_PORT) == CURLUE_OK && strlen(host) < 256 &&
	    host[0] != '[' && getaddrinfo(host, port, &hints, &list) == 0 &&
	    getnameinfo(list->ai_addr, list->ai_addrlen, number,
	    sizeof(number), NULL, 0, NI_NUMERICHOST) == 0) {
		snprintf(row, sizeof(row), "%s:%s:%s", host, port, number);
		http->resolved = curl_slist_append(NULL, row);
	}
	if (list != NULL)
		freeaddrinfo(list);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(url);
}

static void
start(void *arg)
{
	struct http *http = arg;
	CURL *curl = curl_easy_init();

	http->curl = curl;
	http->typed = http->single = http->bad = false;
	http->good_ms = loop_now_ms(http->camera->loop);
	http->whole.len = 0;
	http->error[0] = '\0';
	if (curl == NULL) {
		fail_and_again(http, "no memory");
		return;
	}
	resolve(http);
	curl_easy_setopt(curl, CURLOPT_URL, http->url);
	curl_easy_setopt(curl, CURLOPT_RESOLVE, http->resolved);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_ANY);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, HTTP_CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, HTTP_SILENT_S);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
	if (curl_multi_add_handle(http->multi, curl) != CURLM_OK)
		fail_and_again(http, "libcurl refuses the address");
}

/* Bytes may come for ever and be no picture. */
static void
on_watch(void *arg)
{
	struct http *http = arg;
	int64_t now_ms = loop_now_ms(http->camera->loop);

	if (http->curl != NULL &&
	    now_ms - http->good_ms > HTTP_SILENT_S * 1000)
		fail_and_again(http, N_("no usable picture for 10 s"));
	loop_at(http->camera->loop, now_ms + 1000, on_watch, http);
}

static int
set_up(struct http *http)
{
	long rate;

	if (device_number(http->device, "rate", 1, 120, HTTP_RATE, &rate,
	    http->err) != 0)
		return -1;
	http->rate = (int)rate;
	if (strncmp(http->device->path, "//", 2) != 0)
		return err_set(http->err, ERR_SETUP,
		    "a camera in the network is http://HOST[:PORT]/PATH");
	snprintf(http->url, sizeof(http->url), "http%s:%s",
	    http->device->transport == TRANSPORT_URLS ? "s" : "",
	    http->device->path);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return err_set(http->err, ERR_RETRY, "libcurl: no memory");
	http->multi = curl_multi_init();
	if (http->multi == NULL)
		return err_set(http->err, ERR_RETRY, "libcurl: no memory");
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	return 0;
}

int
http_run(struct camera *camera, const struct device *device, struct err *err)
{
	struct http http = { .camera = camera, .device = device, .err = err,
		.again_ms = HTTP_AGAIN_MS };
	int got = set_up(&http);

	if (got == 0) {
		start(&http);
		on_watch(&http);
		got = loop_run(camera->loop, err);
	}
	end_transfer(&http);
	if (http.multi != NULL)
		curl_multi_cleanup(http.multi);
	curl_global_cleanup();
	free(http.whole.bytes);
	free(http.newest.bytes);
	return got;
}
