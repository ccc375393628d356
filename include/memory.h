/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory - what libraries do when there is no memory: as we do ourselves
 * (mem_none() in base.h).
 */
#ifndef CHOT_MEMORY_H
#define CHOT_MEMORY_H

/* First thing in main(): before a library has taken any. */
void memory_for_libraries(void);

#endif
