/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * knock SOCKET [LINES] - standard input to a Unix socket, what comes from there
 * to standard output until so many lines came (3) or the other side has ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char bytes[65536];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), lines = argc > 2 ? atoi(argv[2]) : 3;
	ssize_t n;

	if (argc < 2 || strlen(argv[1]) >= sizeof(at.sun_path))
		return 64;
	strcpy(at.sun_path, argv[1]);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		return 69;
	while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
		if (send(fd, bytes, (size_t)n, MSG_NOSIGNAL) < 0)
			break;
	while (lines > 0 && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			lines -= bytes[i] == '\n';
		if (write(STDOUT_FILENO, bytes, (size_t)n) < 0)
			break;
	}
	return 0;
}
