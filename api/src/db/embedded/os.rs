//! The few system calls for which the standard library has no safe form.

use std::ffi::CString;
use std::io;
use std::process::Command;

/// The user this process acts as.
#[allow(unsafe_code)]
pub(super) fn effective_uid() -> u32 {
    // SAFETY: takes nothing, cannot fail.
    unsafe { libc::geteuid() }
}

/// Sends `signal` to one process; signal 0 only asks whether it is there.
#[allow(unsafe_code)]
pub(super) fn signal(pid: i32, signal: i32) -> io::Result<()> {
    // Zero and negative numbers would mean whole groups of processes.
    if pid <= 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: plain numbers, no memory is passed.
    match unsafe { libc::kill(pid, signal) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Blocks until the child `pid` has ended, and leaves it to be reaped, so that its number cannot be
/// given to another process before the caller has taken note.
#[allow(unsafe_code)]
pub(super) fn wait_until_ended(pid: u32) -> io::Result<()> {
    loop {
        // SAFETY: `siginfo_t` is plain data, for which all zeroes is a value; the call only writes
        // to it.
        let result = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_PID, pid, &raw mut info, libc::WEXITED | libc::WNOWAIT)
        };
        if result == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// The numbers of the user and of its group, if there is a user of this name.
#[allow(unsafe_code)]
pub(super) fn user_named(name: &str) -> Option<(u32, u32)> {
    let name = CString::new(name).ok()?;
    let mut buffer = vec![0 as libc::c_char; 16 * 1024];
    let mut found = std::ptr::null_mut();
    // SAFETY: `passwd` is plain data, for which all zeroes is a value; every pointer outlives the
    // call, the length is that of the buffer, and the entry is read only when the call says that it
    // filled it.
    unsafe {
        let mut entry: libc::passwd = std::mem::zeroed();
        let code = libc::getpwnam_r(name.as_ptr(), &raw mut entry, buffer.as_mut_ptr(), buffer.len(), &raw mut found);
        (code == 0 && !found.is_null()).then_some((entry.pw_uid, entry.pw_gid))
    }
}

/// Has the kernel send `signal` to the command's process when the thread that spawns it ends,
/// however it ends.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub(super) fn signal_when_parent_dies(command: &mut Command, signal: i32) {
    use std::os::unix::process::{CommandExt, parent_id};

    let parent = std::process::id();
    // SAFETY: runs between fork and exec: two system calls and a comparison, no allocation and no
    // lock.
    unsafe {
        command.pre_exec(move || {
            if libc::prctl(libc::PR_SET_PDEATHSIG, signal) != 0 {
                return Err(io::Error::last_os_error());
            }
            // The parent may have died just before the call above, which then has nothing to wait
            // for.
            if parent_id() == parent { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
        });
    }
}

/// Only Linux can do this; elsewhere a server survives its parent and is found by the next start.
#[cfg(not(target_os = "linux"))]
pub(super) fn signal_when_parent_dies(_: &mut Command, _: i32) {}
