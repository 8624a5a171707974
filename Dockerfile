# docker build -t gan_demo . && docker run -p 8501:8501 gan_demo
FROM python:3.11-slim

# Where torch and torchvision come from. Empty takes the plain wheels, which on Linux bring gigabytes of CUDA; PyTorch's
# own index of CPU wheels keeps the image small: docker build --build-arg TORCH_INDEX_URL=... (docs/hosting.md, "Smaller downloads").
# On a Hugging Face Space, a variable of this name in the Space's settings is passed as the build argument.
ARG TORCH_INDEX_URL=""

# Spaces run containers as uid 1000.
RUN useradd --create-home --uid 1000 user
USER user
ENV HOME=/home/user \
    PATH=/home/user/.local/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /home/user/app

COPY --chown=user requirements.txt .
RUN grep -E '^torch' requirements.txt > torch.txt \
    && if [ -n "$TORCH_INDEX_URL" ]; then \
         pip install --user --no-cache-dir --index-url "$TORCH_INDEX_URL" -r torch.txt; \
       fi \
    && pip install --user --no-cache-dir -r requirements.txt \
    && rm torch.txt

COPY --chown=user . .

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# A Space shows the app in an iframe of another origin: without SameSite=None its uploads are refused. Such cookies want
# https or localhost; elsewhere: docker run -e STREAMLIT_SERVER_XSRF_COOKIE_SAME_SITE=lax
ENV STREAMLIT_SERVER_XSRF_COOKIE_SAME_SITE=none

# All runs together: with so many gigabytes no other is begun until some are deleted. A Space has 50 GB for everything.
ENV GAN_DEMO_MOST_GB=20

# Viewers come through a proxy, whose word on their addresses is taken where it comes from a private network: limits "by
# address" are then by viewer. Behind a proxy elsewhere: docker run -e FORWARDED_ALLOW_IPS=<its address>
ENV FORWARDED_ALLOW_IPS=127.0.0.1,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16

CMD ["python", "-m", "streamlit", "run", "app.py", "--server.port=8501", "--server.address=0.0.0.0"]
