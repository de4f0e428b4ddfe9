//! A port that lets nobody new in, while those who stand before it are still served.

use std::io;

use socket2::{SockFilter, SockRef};
use tokio::net::TcpListener;

// A classic BPF program, as linux/filter.h spells it. On a TCP socket its offsets count from the TCP header.
const LOAD_BYTE: u16 = 0x30;
const JUMP_IF_ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;
/// Where TCP keeps its flags, and the one that a first packet bears.
const FLAGS: u32 = 13;
const SYN: u32 = 0x02;

/// From now on the first packet of a new connection is dropped, and the system of the caller sends it again after a second: to
/// a closed port, or to the process that comes next. Closing the port alone would cut off whoever came between the last look
/// into its queue and the close.
pub(super) fn pull(listener: &TcpListener) -> io::Result<()> {
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(JUMP_IF_ANY_BIT, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn who_came_before_is_let_in_and_who_comes_after_is_not() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut before = TcpStream::connect(address)?;
        pull(&listener)?;
        let after = TcpStream::connect_timeout(&address, MOMENT).map(|_| ());
        assert_eq!(after.map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));

        let (accepted, _) = listener.accept().await?;
        io::Write::write_all(&mut before, b"call")?;
        let mut heard = [0; 4];
        tokio::io::AsyncReadExt::read_exact(&mut { accepted }, &mut heard).await?;
        assert_eq!(&heard, b"call");
        Ok(())
    }
}
