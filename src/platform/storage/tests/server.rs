//! A server of the S3 protocol on the loopback, over a folder: the crates `s3s` and `s3s-fs`.

use std::net::SocketAddr;
use std::path::Path;

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

pub const KEY: &str = "test-key";
pub const SECRET: &str = "test-secret";
pub const BUCKET: &str = "media";

pub struct Server {
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    /// Starts a server over this folder, in which each bucket is a folder.
    pub async fn start(folder: &Path) -> Self {
        std::fs::create_dir_all(folder.join(BUCKET)).unwrap();
        Self::at(folder, "127.0.0.1:0".parse().unwrap()).await
    }

    /// The same at an address at which it was before.
    pub async fn at(folder: &Path, address: SocketAddr) -> Self {
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(listener, builder.build()));
        Self { address, serving }
    }

    /// Ends it and every connection.
    pub async fn stop(self) {
        self.serving.abort();
        assert!(self.serving.await.unwrap_err().is_cancelled());
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let service = service.clone();
        connections.spawn(async move {
            let serving = hyper::server::conn::http1::Builder::new();
            serving.serve_connection(TokioIo::new(socket), service).await.ok();
        });
    }
}
