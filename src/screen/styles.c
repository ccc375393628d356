/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * styles - every kind of text on the screen, and its two built-in looks.
 *
 * A look is written as in a theme file (see themes/daylight): for 8, 16 and
 * 256 colours, a missing one is the one before. Verdicts differ by shape
 * too: plain, framed, negative. So the theme without colours loses nothing.
 */
#include "parts.h"

static const struct style_info styles[] = {
	[STYLE_TEXT] = { "text", 't',
	    "black on white | black on bright-white | 16 on 255", "",
	    "running text" },
	[STYLE_LABEL] = { "label", 'l',
	    "blue on white | blue on bright-white | 239 on 255", "",
	    "names of fields, hints" },
	[STYLE_STRONG] = { "strong", 's',
	    "black on white | black on bright-white | 16 on 255 bold", "bold",
	    "names, numbers, reasons" },
	[STYLE_LINE] = { "line", '-',
	    "blue on white | blue on bright-white | 243 on 255", "",
	    "lines and frames" },
	[STYLE_HEADER] = { "header", 'h',
	    "bright-white on blue | bright-white on blue | 255 on 24", "reverse",
	    "the first line: post, lane, officer, time" },
	[STYLE_MARK] = { "mark", 'm',
	    "black on cyan | black on bright-cyan | 16 on 220", "bold",
	    "DEMO and TRAINING in the first line" },
	[STYLE_STATE] = { "state", 'i',
	    "black on white | black on white | 16 on 252", "",
	    "the second line: link, data, clock, battery" },
	[STYLE_STATE_WARN] = { "state-warn", 'a',
	    "black on yellow | black on bright-yellow | 16 on 220", "bold",
	    "something on the second line to look after" },
	[STYLE_STATE_BAD] = { "state-bad", 'b',
	    "bright-white on red | bright-white on red | 231 on 124", "reverse",
	    "a lost device and other trouble" },
	[STYLE_GOOD] = { "good", 'g',
	    "black on white | black on bright-white | 22 on 255", "",
	    "recorded" },
	[STYLE_WARN] = { "warn", 'w',
	    "black on yellow | black on bright-yellow | 16 on 220", "bold",
	    "not yet recorded, a doubt, an unreadable code" },
	[STYLE_BAD] = { "bad", 'x',
	    "bright-white on red | bright-white on red | 231 on 124", "reverse",
	    "NOT RECORDED, right across" },
	[STYLE_KEYBAR] = { "keybar", 'k',
	    "bright-white on blue | bright-white on blue | 255 on 24", "",
	    "the last line: what keys do now" },
	[STYLE_KEY] = { "key", 'K',
	    "bright-yellow on blue | bright-yellow on blue | 221 on 24 bold",
	    "reverse", "the keys in it" },
	[STYLE_PASS] = { "pass", 'P',
	    "black on green | black on bright-green | 16 on 77", "",
	    "the PASS field and its letters" },
	[STYLE_CHECK] = { "check", 'C',
	    "black on yellow | black on bright-yellow | 16 on 220", "",
	    "the CHECK field and its letters" },
	[STYLE_STOP] = { "stop", 'S',
	    "red on bright-white | red on bright-white | 124 on 231", "",
	    "the STOP field; its letters are the background" },
	[STYLE_STOP_CAPTION] = { "stop-caption", 'c',
	    "bright-white on black | bright-white on black | 231 on 16", "",
	    "the line of words on the STOP field" },
	[STYLE_INVITE] = { "invite", 'q',
	    "blue on white | blue on bright-white | 24 on 255", "",
	    "the picture that shows where to hold the code" },
	[STYLE_READY] = { "ready", 'r',
	    "bright-white on blue | bright-white on blue | 255 on 24", "reverse",
	    "the word READY and what is waited for" },
	[STYLE_WINDOW] = { "window", 'o',
	    "black on cyan | black on bright-cyan | 16 on 153", "",
	    "a window: form, list, help" },
	[STYLE_WINDOW_TITLE] = { "window-title", 'O',
	    "bright-white on blue | bright-white on blue | 255 on 24", "reverse",
	    "its title" },
	[STYLE_WINDOW_KEY] = { "window-key", 'n',
	    "black on white | blue on white | 16 on 231 bold", "bold",
	    "keys and digits in a window" },
	[STYLE_INPUT] = { "input", 'e',
	    "black on white | black on bright-white | 16 on 231", "reverse",
	    "what is being typed" },
};

const struct style_info *
style_info(enum style style)
{
	return &styles[style < STYLE_COUNT ? style : STYLE_TEXT];
}
