"""The remote opening 不见面开标, from the close of submission to the signed record (R-OPEN-20…30)."""
