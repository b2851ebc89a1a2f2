//! A server of the S3 protocol for the time of a test. It goes on when Masthead is killed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::runtime::Runtime;

use super::s3_server::{BUCKET, KEY, SECRET, Server};

pub struct Bucket {
    server: Option<Server>,
    runtime: Runtime,
    address: SocketAddr,
    folder: PathBuf,
}

impl Bucket {
    /// Starts a server over this folder.
    pub fn start(folder: &Path) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(Server::start(folder));
        let address = server.address;
        Self { server: Some(server), runtime, address, folder: folder.to_owned() }
    }

    /// Tells a command of it.
    pub fn named_to(&self, command: &mut Command) {
        command
            .env("MASTHEAD_UPLOADS", format!("s3://{BUCKET}/site"))
            .env("MASTHEAD_S3_ENDPOINT", format!("http://{}", self.address))
            .env("MASTHEAD_S3_REGION", "eu-test-1")
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET);
    }

    /// Where its files lie.
    pub fn files(&self) -> PathBuf {
        self.folder.join(BUCKET).join("site")
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }
}
