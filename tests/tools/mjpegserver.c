/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mjpegserver JPEG: a camera in the network, on a port of this machine that it
 * prints first. What it does is asked by the path:
 *
 * /counted   a stream whose parts tell their length
 * /searched  one whose parts do not, of dashes in the type's boundary
 * /single    one JPEG a request
 * /close     three frames, then the end
 * /damaged   frames cut short
 * /huge      a part that never ends
 * /stall     the head of a stream, and silence
 * /html      a page; any other path: 404
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_US 40000
#define JPEG_MAX 65536
#define FOREVER 1000000

static unsigned char jpeg[JPEG_MAX];
static size_t jpeg_len;

static void
send_all(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t sent = write(fd, at, n);

		if (sent <= 0)
			_exit(0);
		at += sent;
		n -= (size_t)sent;
	}
}

static void
say(int fd, const char *text)
{
	send_all(fd, text, strlen(text));
}

static void
head(int fd, const char *type)
{
	char text[256];

	snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n"
	    "Content-Type: %s\r\nConnection: close\r\n\r\n", type);
	say(fd, text);
}

static void
stream(int fd, int frames, bool counted, size_t n)
{
	char text[128];

	head(fd, counted ? "multipart/x-mixed-replace; boundary=\"frame\"" :
	    "multipart/x-mixed-replace;boundary=--edge");
	say(fd, counted ? "--frame\r\n" : "----edge\r\n");
	for (int i = 0; i < frames; i++) {
		say(fd, "Content-Type: image/jpeg\r\n");
		if (counted) {
			snprintf(text, sizeof(text),
			    "Content-Length: %zu\r\n", n);
			say(fd, text);
		}
		say(fd, "\r\n");
		send_all(fd, jpeg, n);
		say(fd, counted ? "\r\n--frame\r\n" : "\r\n----edge\r\n");
		usleep(FRAME_US);
	}
}

static void
serve(int fd)
{
	char request[2048] = "", path[64] = "";
	ssize_t n = read(fd, request, sizeof(request) - 1);

	if (n <= 0 || sscanf(request, "GET %63s", path) != 1)
		return;
	if (strcmp(path, "/counted") == 0)
		stream(fd, FOREVER, true, jpeg_len);
	else if (strcmp(path, "/searched") == 0)
		stream(fd, FOREVER, false, jpeg_len);
	else if (strcmp(path, "/close") == 0)
		stream(fd, 3, true, jpeg_len);
	else if (strcmp(path, "/damaged") == 0)
		stream(fd, FOREVER, false, jpeg_len / 2);
	else if (strcmp(path, "/stall") == 0) {
		head(fd, "multipart/x-mixed-replace; boundary=frame");
		pause();
	} else if (strcmp(path, "/huge") == 0) {
		head(fd, "multipart/x-mixed-replace; boundary=frame");
		say(fd, "--frame\r\n\r\n");
		for (;;)
			send_all(fd, jpeg, jpeg_len);
	} else if (strcmp(path, "/single") == 0) {
		head(fd, "image/jpeg");
		send_all(fd, jpeg, jpeg_len);
	} else if (strcmp(path, "/html") == 0) {
		head(fd, "text/html");
		say(fd, "<html>a camera's page</html>");
	} else {
		say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
		    "Connection: close\r\n\r\n");
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (in == NULL)
		return 64;
	jpeg_len = fread(jpeg, 1, sizeof(jpeg), in);
	fclose(in);
	if (listener < 0 || bind(listener, (struct sockaddr *)&at,
	    sizeof(at)) != 0 || listen(listener, 8) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0)
		return 71;
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			close(listener);
			serve(fd);
			shutdown(fd, SHUT_WR);
			_exit(0);
		}
		close(fd);
	}
}
