/* For LD_PRELOAD: the date runs backwards, an hour in 3.6 seconds, as if somebody set it back all
 * the time. Clocks that no setting of the date moves are as they are. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { speed = 1000 };

static struct timespec ask(clockid_t clock) {
  struct timespec now = {0, 0};
  syscall(SYS_clock_gettime, clock, &now);
  return now;
}

static struct timespec date(void) {
  /* Since the machine was started: all processes share the date. */
  const struct timespec real = ask(CLOCK_REALTIME), steady = ask(CLOCK_MONOTONIC);
  const long long back = speed * (steady.tv_sec * 1000000000LL + steady.tv_nsec);
  const long long now = real.tv_sec * 1000000000LL + real.tv_nsec - back % 1000000000000000000LL;
  const struct timespec result = {now / 1000000000LL, now % 1000000000LL};
  return result;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) {
    return (int)syscall(SYS_clock_gettime, clock, now);
  }
  *now = date();
  return 0;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  const struct timespec there = date();
  now->tv_sec = there.tv_sec;
  now->tv_usec = there.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* now) {
  const time_t there = date().tv_sec;
  if (now != NULL) *now = there;
  return there;
}
