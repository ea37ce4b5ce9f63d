/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * banned - functions that invite overruns or depend on hidden state, made compile errors. Included
 * before every source file by the build.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atoll gmtime localtime ctime asctime tmpnam mktemp
