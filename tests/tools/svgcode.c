/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * svgcode - draws one code of the scanner test page as a picture.
 *
 * usage: svgcode N <PAGE.svg >PICTURE.pgm
 *
 * Knows just the paths that contrib/scanner-test/page.c writes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 260   /* modules */
#define MODULE 4   /* dots */
#define PAGE_MAX (4u << 20)

static unsigned char picture[SIDE * MODULE][SIDE * MODULE];

static void
fill(int x, int y, int run)
{
	if (x < 0 || y < 0 || run < 1 || x + run > SIDE || y >= SIDE)
		exit(1);
	for (int i = 0; i < MODULE; i++)
		memset(&picture[y * MODULE + i][x * MODULE], 0,
		    (size_t)(run * MODULE));
}

int
main(int argc, char **argv)
{
	char *page = calloc(1, PAGE_MAX), name[32];
	const char *at, *end;
	int x, y, run, used;

	if (argc != 2 || page == NULL || fread(page, 1, PAGE_MAX - 1, stdin) ==
	    0)
		return 64;
	snprintf(name, sizeof(name), "id=\"code%s\"", argv[1]);
	at = strstr(page, name);
	at = at == NULL ? NULL : strstr(at, "d=\"M");
	if (at == NULL)
		return 65;
	memset(picture, 255, sizeof(picture));
	end = strchr(at + 3, '"');
	for (at += 3; end != NULL && at < end; at += used) {
		if (sscanf(at, "M%d %dh%dv1h-%*dz%n", &x, &y, &run, &used) != 3)
			return 65;
		fill(x, y, run);
	}
	free(page);
	printf("P5\n%d %d\n255\n", SIDE * MODULE, SIDE * MODULE);
	fwrite(picture, 1, sizeof(picture), stdout);
	return 0;
}
